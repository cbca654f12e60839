import type { Checks } from '../report/checks.ts';
import { type Docker, linesOf, runCommand } from './command.ts';
import { withRemoval } from './removal.ts';

/** A Compose project with a unique name, so that its networks, volumes and images collide with no other. */
export type Project = {
  name: string;
  /** Aborts when the run is interrupted. */
  interrupted: AbortSignal;
  /** Runs Compose and resolves to its output; rejects if the command fails. */
  compose: (...args: string[]) => Promise<string>;
  docker: Docker;
  /** The id of a service's only container. */
  containerOf: (service: string) => Promise<string>;
};

export type ProjectOptions = {
  name: string;
  /** The repository's root, absolute. */
  root: string;
  /** The Compose file, relative to the root. */
  file: string;
  /** Variables that the compose files read. */
  environment: Readonly<Record<string, string>>;
};

/** A cold build on two slow cores takes one to two minutes; a command that exceeds this limit hangs. */
const COMMAND_TIMEOUT_MS = 8 * 60_000;

/** Runs `body` with a new project, then removes the project's containers, networks, volumes and images. */
export async function withProject(
  checks: Checks,
  options: ProjectOptions,
  body: (project: Project) => Promise<void>,
): Promise<void> {
  const { name } = options;
  const project = createProject(options, checks.interrupted);
  const { compose, docker } = project;
  const list = async (...args: string[]) => linesOf(await docker(...args));
  // Each service's image is `<name>/<service>:latest`, so none of the user's images is replaced.
  const images = () =>
    list('image', 'ls', '--filter', `reference=${name}/*`, '--format', '{{.Repository}}:{{.Tag}}');
  const removable = {
    name,
    async remove() {
      // Without a profile, Compose leaves its services running.
      const removal = ['down', '--volumes', '--remove-orphans', '--rmi', 'local', '--timeout', '5'];
      await compose('--profile', '*', ...removal);
      const tagged = await images();
      if (tagged.length > 0) await docker('image', 'rm', ...tagged);
    },
    async leftovers() {
      const label = `label=com.docker.compose.project=${name}`;
      const kinds = ['container', 'volume', 'network'];
      const ids = await Promise.all(kinds.map((kind) => list(kind, 'ls', '--quiet', '--filter', label)));
      return [...ids.flat(), ...(await images())];
    },
  };
  await withRemoval(checks, removable, () => body(project));
}

function createProject({ name, root, file, environment }: ProjectOptions, interrupted: AbortSignal): Project {
  const options = {
    cwd: root,
    env: { ...environment, IMAGE_PREFIX: name },
    timeoutMs: COMMAND_TIMEOUT_MS,
    interrupted,
  };
  const compose = (...args: string[]) =>
    runCommand('docker', ['compose', '--file', file, '--project-name', name, ...args], options);
  return {
    name,
    interrupted,
    compose,
    docker: (...args) => runCommand('docker', args, options),
    async containerOf(service) {
      const id = await compose('ps', '--all', '--quiet', service);
      if (!/^[0-9a-f]+$/.test(id)) throw new Error(`expected one container of ${service}, got: ${id}`);
      return id;
    },
  };
}
