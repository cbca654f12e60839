import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import pWaitFor from 'p-wait-for';
import { linesOf, runCommand } from '../docker/command.ts';
import type { Removable } from '../docker/removal.ts';
import { establishDefinitions } from './operator-definitions.ts';

/** A Kubernetes cluster of one machine, started for the test. */
export type Cluster = Removable & {
  /** Runs a Bash script in the repository's root and resolves to its output; rejects if it fails. */
  run: (script: string) => Promise<string>;
  kubectl: (...args: string[]) => Promise<string>;
  /** The variables by which kubectl finds the cluster. */
  environment: Readonly<Record<string, string>>;
  /** The command that loads images from Docker into the cluster. */
  loadCommand: string;
  /** Installs the Prometheus Operator and a Prometheus. */
  installMonitoring: () => Promise<void>;
  /** Forwards a free local port to a Service until the signal aborts, by a `kubectl port-forward` command. */
  forward: (command: string, stopped: AbortSignal) => Promise<string>;
};

/** The namespace that the README's commands use. */
export const NAMESPACE = 'gridclock';

/** The single machine's address, where NodePorts are open. */
export const MACHINE = '10.245.0.2';

/** Loading all images onto a busy machine takes half a minute; building the cluster's programs is not included. */
const COMMAND_TIMEOUT_MS = 4 * 60_000;

/** The first start on a machine builds Kubernetes, which takes ten minutes. */
const START_TIMEOUT_MS = 30 * 60_000;

/** kubectl needs a second on a busy machine. */
const FORWARD_TIMEOUT_MS = 20_000;

/** @returns the program that starts the cluster, or undefined if this machine does not have it */
export async function findClusterProgram(root: string): Promise<string | undefined> {
  const program = join(root, '../shared/kubernetes/cluster');
  return access(program, constants.X_OK).then(
    () => program,
    () => undefined,
  );
}

/**
 * Starts the cluster, empty except for what Kubernetes itself needs.
 *
 * @throws Error if it is already running, because removal would end it
 */
export async function startCluster(
  program: string,
  { interrupted, root }: { root: string; interrupted: AbortSignal },
): Promise<Cluster> {
  if (await isRunning()) throw new Error(`a cluster is already running; end it with ${program} down`);
  // The cluster's program expects this folder, which a new machine lacks.
  await mkdir('/var/log/containers', { recursive: true });
  const runProgram = (...args: string[]) =>
    runCommand(program, args, { cwd: root, timeoutMs: START_TIMEOUT_MS, interrupted });
  const KUBECONFIG = await runProgram().then(
    (output) => linesOf(output).at(-1) ?? '',
    async (error: unknown) => {
      await runProgram('down');
      throw error;
    },
  );
  const env = { KUBECONFIG };
  const commandOptions = { cwd: root, env, timeoutMs: COMMAND_TIMEOUT_MS, interrupted };
  const kubectl = (...args: string[]) => runCommand('kubectl', args, commandOptions);
  return {
    name: 'the cluster',
    environment: env,
    kubectl,
    run: (script) => runCommand('bash', ['-euo', 'pipefail', '-c', script], commandOptions),
    loadCommand: `${program} load`,
    async installMonitoring() {
      await establishDefinitions(kubectl, KUBECONFIG);
      await runProgram('monitoring');
    },
    async forward(command, stopped) {
      // kubectl chooses the local port: the README's may be in use.
      const script = `exec ${command.replace(/ (\d+)$/, ' :$1')}`;
      const forwarding = execa('bash', ['-c', script], {
        cwd: root,
        env,
        all: true,
        cancelSignal: stopped,
        reject: false,
      });
      let output = '';
      let exited = false;
      forwarding.all.on('data', (chunk) => {
        output += String(chunk);
      });
      forwarding.finally(() => {
        exited = true;
      });
      const address = () => /Forwarding from (127\.0\.0\.1:\d+)/.exec(output)?.[1];
      await pWaitFor(() => address() !== undefined || exited, { interval: 50, timeout: FORWARD_TIMEOUT_MS });
      if (exited) throw new Error(`${command} exited: ${output}`);
      return `http://${address()}`;
    },
    async remove() {
      await runProgram('down');
    },
    leftovers: async () => ((await isRunning()) ? ['a cluster'] : []),
  };
}

async function isRunning(): Promise<boolean> {
  const server = [
    '--server',
    `https://${MACHINE}:6443`,
    '--insecure-skip-tls-verify',
    '--request-timeout',
    '2s',
  ];
  const { failed } = await execa('kubectl', [...server, 'get', '--raw', '/livez'], {
    reject: false,
    timeout: 10_000,
  });
  return !failed;
}
