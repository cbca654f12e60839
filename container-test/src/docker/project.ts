import { execa } from 'execa';

/** One Compose project of its own: names, networks and volumes collide with no other. */
export type Project = {
  name: string;
  interrupted: AbortSignal;
  /** Runs Compose with the given arguments; rejects with its last lines when it fails. */
  compose: (...args: string[]) => Promise<string>;
  /** Runs the Docker client with the given arguments; rejects when it fails. */
  docker: (...args: string[]) => Promise<string>;
  /** The id of a service's only container. */
  containerOf: (service: string) => Promise<string>;
  /** Removes the project's containers, networks, volumes and images. */
  remove: () => Promise<void>;
  /** What of these is there; a service's image is `<name>/<service>:latest`, and replaces no user's. */
  left: () => Promise<string[]>;
};

export type ProjectOptions = {
  name: string;
  /** The repository's root, absolute. */
  root: string;
  /** Compose files, relative to the root. The first one's folder is where relative paths start. */
  files: readonly string[];
  /** Variables that the compose files read. */
  environment: Readonly<Record<string, string>>;
};

/** A cold build on two slow cores takes one to two minutes; past this something hangs. */
const COMMAND_TIMEOUT_MS = 8 * 60_000;

/** @param interrupted ends the commands under way when it fires; those that come later are for removing */
export async function createProject(
  { name, root, files, environment }: ProjectOptions,
  interrupted: AbortSignal,
): Promise<Project> {
  const options = {
    cwd: root,
    env: { ...environment, IMAGE_PREFIX: name },
    all: true,
    reject: false,
    stdin: 'ignore',
    timeout: COMMAND_TIMEOUT_MS,
  } as const;
  const [command, ...first] = await composeCommand(root);
  const fixed = [...first, '--project-name', name, ...files.flatMap((file) => ['--file', file])];

  const run = async (program: string, args: readonly string[]): Promise<string> => {
    const { all, failed, shortMessage } = await execa(program, [...args], {
      ...options,
      ...(interrupted.aborted ? {} : { cancelSignal: interrupted }),
    });
    if (!failed) return all.trim();
    throw new Error(`${shortMessage}\n${lastLines(all)}`);
  };
  const compose = (...args: string[]) => run(command, [...fixed, ...args]);

  const docker = (...args: string[]) => run('docker', args);
  const list = async (...args: string[]) => (await docker(...args)).split('\n').filter((line) => line !== '');
  const images = () =>
    list('image', 'ls', '--filter', `reference=${name}/*`, '--format', '{{.Repository}}:{{.Tag}}');

  return {
    name,
    interrupted,
    compose,
    docker,
    async containerOf(service) {
      const id = await compose('ps', '--all', '--quiet', service);
      if (!/^[0-9a-f]+$/.test(id)) throw new Error(`${service} has no container, or several: ${id}`);
      return id;
    },
    async remove() {
      await compose('down', '--volumes', '--remove-orphans', '--rmi', 'local', '--timeout', '5');
      const named = await images();
      if (named.length > 0) await docker('image', 'rm', ...named);
    },
    async left() {
      const label = `label=com.docker.compose.project=${name}`;
      const kinds = ['container', 'volume', 'network'];
      const ids = await Promise.all(kinds.map((kind) => list(kind, 'ls', '--quiet', '--filter', label)));
      return [...ids.flat(), ...(await images())];
    },
  };
}

/** Compose as the Docker client's plugin where there is one, else the program of its own (v1). */
async function composeCommand(cwd: string): Promise<[string, ...string[]]> {
  const plugin = await execa('docker', ['compose', 'version'], { cwd, reject: false });
  return plugin.failed ? ['docker-compose'] : ['docker', 'compose'];
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-15).join('\n');
}
