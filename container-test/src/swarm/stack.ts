import { join } from 'node:path';
import pWaitFor, { TimeoutError } from 'p-wait-for';
import { type Docker, linesOf, runCommand } from '../docker/command.ts';
import { type ContainerSnapshot, inspectContainers } from '../docker/inspect.ts';
import type { Project } from '../docker/project.ts';
import type { Removable } from '../docker/removal.ts';

/** A Swarm stack with a unique name, deployed by the scripts that users run. */
export type Stack = Removable & {
  docker: Docker;
  /** The full name of a service. */
  service: (name: string) => string;
  /** Runs a script of deploy/swarm with the stack's variables and resolves to its output; rejects if it fails. */
  script: (file: string, ...args: string[]) => Promise<string>;
  /** Waits until every service has all its tasks; Swarm counts a task once it is healthy. */
  converged: () => Promise<string>;
  /** The running containers of a service. A name is `<service>.<slot>.<task>`. */
  containers: (name: string) => Promise<{ id: string; name: string }[]>;
  /** Takes a snapshot of each running container of a service. */
  inspect: (name: string) => Promise<ContainerSnapshot[]>;
};

export type StackOptions = {
  project: Project;
  /** The repository's root, absolute. */
  root: string;
  name: string;
  /** Variables that the stack's files read. */
  environment: Readonly<Record<string, string>>;
  /** The file of each secret, by the secret's name in the stack. */
  secrets: Readonly<Record<string, string>>;
};

/** Ten services start at once on two cores, and Swarm reads their health every 5 s. */
const CONVERGED_TIMEOUT_MS = 120_000;

/** Substations may finish their sessions before they exit. */
const REMOVED_TIMEOUT_MS = 60_000;

/** The nine restarts of a new token take four minutes on a busy machine; a script that exceeds this limit hangs. */
const SCRIPT_TIMEOUT_MS = 10 * 60_000;

/** Creates the stack's secrets in the swarm. Its `deploy` script deploys the services. */
export async function createStack(options: StackOptions): Promise<Stack> {
  const { environment, name, project, root, secrets } = options;
  const { docker, interrupted } = project;
  const label = `label=com.docker.stack.namespace=${name}`;
  const list = async (...args: string[]) => linesOf(await docker(...args));
  const listOwn = (kind: string) =>
    list(kind, 'ls', ...(kind === 'container' ? ['--all'] : []), '--quiet', '--filter', label);
  const containers: Stack['containers'] = async (service) => {
    const ofService = `label=com.docker.swarm.service.name=${name}_${service}`;
    const format = '{{.ID}} {{.Label "com.docker.swarm.task.name"}}';
    return (await list('ps', '--filter', ofService, '--format', format)).map((line) => {
      const [id = '', task = ''] = line.split(' ');
      return { id, name: task.slice(name.length + 1) };
    });
  };
  for (const [secret, file] of Object.entries(secrets)) {
    await docker('secret', 'create', `${name}_${secret}`, file);
  }

  return {
    name,
    docker,
    service: (service) => `${name}_${service}`,
    script: (file, ...args) =>
      runCommand(join(root, 'deploy/swarm', file), args, {
        env: environment,
        timeoutMs: SCRIPT_TIMEOUT_MS,
        interrupted,
      }),
    async converged() {
      let services: string[] = [];
      const allRunning = async () => {
        services = await list('service', 'ls', '--filter', label, '--format', '{{.Name}} {{.Replicas}}');
        return services.length > 0 && services.every((line) => /^\S+ (\d+)\/\1( |$)/.test(line));
      };
      await pWaitFor(allRunning, { interval: 500, timeout: CONVERGED_TIMEOUT_MS }).catch(async (error) => {
        if (!(error instanceof TimeoutError)) throw error;
        const format = '{{.Name}} {{.CurrentState}} {{.Error}}';
        throw new Error(await docker('stack', 'ps', '--no-trunc', '--format', format, name));
      });
      return services.map((line) => line.slice(name.length + 1)).join(', ');
    },
    containers,
    inspect: async (service) =>
      inspectContainers(
        docker,
        (await containers(service)).map(({ id }) => id),
      ),
    async remove() {
      await docker('stack', 'rm', name);
      const isGone = async () =>
        (await Promise.all(['service', 'container', 'network'].map(listOwn))).every(
          (ids) => ids.length === 0,
        );
      await pWaitFor(isGone, { interval: 500, timeout: REMOVED_TIMEOUT_MS });
      const volumes = await listOwn('volume');
      if (volumes.length > 0) await docker('volume', 'rm', ...volumes);
      // Also those that a script made.
      const own = await list('secret', 'ls', '--filter', `name=${name}_`, '--format', '{{.Name}}');
      if (own.length > 0) await docker('secret', 'rm', ...own);
    },
    async leftovers() {
      const kinds = ['service', 'container', 'network', 'volume', 'config'];
      const ownSecrets = await list('secret', 'ls', '--quiet', '--filter', `name=${name}_`);
      return [...(await Promise.all(kinds.map(listOwn))).flat(), ...ownSecrets];
    },
  };
}
