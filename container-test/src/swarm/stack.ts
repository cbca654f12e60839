import { join } from 'node:path';
import { execa } from 'execa';
import pWaitFor, { TimeoutError } from 'p-wait-for';
import type { Project } from '../docker/project.ts';
import type { Removable } from '../docker/with-removal.ts';

/** A stack of its own, deployed as users deploy it. */
export type Stack = Removable & {
  /** The name of a service in the swarm. */
  service: (name: string) => string;
  /** Runs a script of deploy/swarm, with the stack's variables; rejects with what it said when it fails. */
  script: (file: string, ...args: string[]) => Promise<string>;
  docker: Project['docker'];
  /** Waits until every service has all its tasks, which a task belongs to once it is healthy. */
  converged: () => Promise<string>;
  /** Id and name of the running containers of a service; a name is `<service>.<slot>.<task>`. */
  containers: (name: string) => Promise<{ id: string; name: string }[]>;
};

export type StackOptions = {
  project: Project;
  /** The repository's root, absolute. */
  root: string;
  name: string;
  /** Variables that the stack's files read. */
  environment: Readonly<Record<string, string>>;
  /** A file for each secret, by the secret's name in the stack. */
  secrets: Readonly<Record<string, string>>;
};

/** Ten services start at once on two cores, and Swarm learns every 3 s who is healthy. */
const CONVERGED_WITHIN_MS = 120_000;

/** Substations may let their sessions end first. */
const REMOVED_WITHIN_MS = 60_000;

/** A rolling update of three nodes takes three quarters of a minute; past this something hangs. */
const SCRIPT_TIMEOUT_MS = 5 * 60_000;

/** Puts the secrets into the swarm; the stack itself is deployed by its script. */
export async function createStack(options: StackOptions): Promise<Stack> {
  const { environment, name, project, root, secrets } = options;
  const { docker } = project;
  const label = `label=com.docker.stack.namespace=${name}`;
  const list = async (...args: string[]) => (await docker(...args)).split('\n').filter((line) => line !== '');
  const ofStack = (kind: string) =>
    list(kind, 'ls', ...(kind === 'container' ? ['--all'] : []), '--quiet', '--filter', label);
  const secretNames = Object.keys(secrets).map((secret) => `${name}_${secret}`);
  for (const [secret, file] of Object.entries(secrets)) {
    await docker('secret', 'create', `${name}_${secret}`, file);
  }

  return {
    name,
    docker,
    service: (service) => `${name}_${service}`,
    async script(file, ...args) {
      const { all, failed, shortMessage } = await execa(join(root, 'deploy/swarm', file), args, {
        env: environment,
        all: true,
        reject: false,
        stdin: 'ignore',
        timeout: SCRIPT_TIMEOUT_MS,
        cancelSignal: project.interrupted,
      });
      if (failed) throw new Error(`${shortMessage}\n${all.split('\n').slice(-15).join('\n')}`);
      return all;
    },
    async converged() {
      let services: string[] = [];
      const complete = async () => {
        services = await list('service', 'ls', '--filter', label, '--format', '{{.Name}} {{.Replicas}}');
        return services.length > 0 && services.every((line) => /^\S+ (\d+)\/\1( |$)/.test(line));
      };
      await pWaitFor(complete, { interval: 500, timeout: CONVERGED_WITHIN_MS }).catch(async (error) => {
        if (!(error instanceof TimeoutError)) throw error;
        const format = '{{.Name}} {{.CurrentState}} {{.Error}}';
        throw new Error(await docker('stack', 'ps', '--no-trunc', '--format', format, name));
      });
      return services.map((line) => line.slice(name.length + 1)).join(', ');
    },
    async containers(service) {
      const ofService = `label=com.docker.swarm.service.name=${name}_${service}`;
      const format = '{{.ID}} {{.Label "com.docker.swarm.task.name"}}';
      return (await list('ps', '--filter', ofService, '--format', format)).map((line) => {
        const [id = '', task = ''] = line.split(' ');
        return { id, name: task.slice(name.length + 1) };
      });
    },
    async remove() {
      await docker('stack', 'rm', name);
      const gone = async () =>
        (await Promise.all(['service', 'container', 'network'].map(ofStack))).every(
          (ids) => ids.length === 0,
        );
      await pWaitFor(gone, { interval: 500, timeout: REMOVED_WITHIN_MS });
      const volumes = await ofStack('volume');
      if (volumes.length > 0) await docker('volume', 'rm', ...volumes);
      const here = await list('secret', 'ls', '--filter', `name=${name}_`, '--format', '{{.Name}}');
      const own = secretNames.filter((secret) => here.includes(secret));
      if (own.length > 0) await docker('secret', 'rm', ...own);
    },
    async left() {
      const kinds = ['service', 'container', 'network', 'volume', 'config'];
      const secretsLeft = await list('secret', 'ls', '--quiet', '--filter', `name=${name}_`);
      return [...(await Promise.all(kinds.map(ofStack))).flat(), ...secretsLeft];
    },
  };
}
