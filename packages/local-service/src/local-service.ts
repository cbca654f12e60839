import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import pWaitFor, { TimeoutError } from 'p-wait-for';
import { entryArguments } from './bundles/entry-arguments.ts';

type LocalServiceOptions = {
  /** The service's name in messages. */
  name: string;
  /** The absolute path of the entry file. */
  entryFile: string;
  /** The port on 127.0.0.1 to listen on; passed as PORT. */
  port: number;
  /** Further environment variables. */
  environment?: Record<string, string>;
  /** Called with every line on standard output and standard error. */
  onLine?: (line: string) => void;
};

/** A service that runs as a process on this machine. */
export type LocalService = {
  name: string;
  url: string;
  port: number;
  pid: number;
  /** Resolves once the process has exited, for whatever reason. */
  exited: Promise<{ exitCode: number | undefined; signal: string | undefined }>;
  /** Resolves once `GET /ready` returns 200; rejects if the process exits first or takes too long. */
  ready: () => Promise<void>;
  /** Sends a signal to the process. */
  signal: (signal: NodeJS.Signals) => void;
  /** Stops the process with SIGTERM, then SIGKILL; resolves once it has exited. */
  stop: () => Promise<void>;
};

/** 60 s: eight processes that start at once on two cores take about ten seconds. */
const READY_TIMEOUT_MS = 60_000;

/** 5 s between SIGTERM and SIGKILL: a service drains for 1.5 s. */
const KILL_AFTER_MS = 5_000;

/** How many lines of output an error message quotes. */
const QUOTED_LINES = 20;

/**
 * Starts an entry file, or its bundle, without a shell, so that signals reach the service itself.
 * The process is killed at the latest when this one exits.
 */
export function startLocalService(options: LocalServiceOptions): LocalService {
  const { name, entryFile, port, environment = {}, onLine } = options;
  const child = execa(process.execPath, entryArguments(entryFile), {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    env: { ...machineVariables(), HOST: '127.0.0.1', ...environment, PORT: String(port) },
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
    forceKillAfterDelay: KILL_AFTER_MS,
  });
  const lastLines: string[] = [];
  let running = true;
  const run = async () => {
    for await (const line of child.iterable({ from: 'all' })) {
      lastLines.push(line);
      if (lastLines.length > QUOTED_LINES) lastLines.shift();
      onLine?.(line);
    }
    const { exitCode, signal } = await child;
    running = false;
    return { exitCode, signal };
  };
  const url = `http://127.0.0.1:${port}`;
  const exited = run();
  const isReady = async () => {
    if (!running)
      throw new Error(`${name} exited during its start: ${lastLines.join('\n') || 'it wrote no output'}`);
    const response = await fetch(`${url}/ready`).catch(() => undefined);
    await response?.body?.cancel();
    return response?.status === 200;
  };
  return {
    name,
    url,
    port,
    pid: child.pid ?? 0,
    exited,
    async ready() {
      try {
        await pWaitFor(isReady, { interval: 50, timeout: READY_TIMEOUT_MS });
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        throw new Error(`${name} was not ready within ${READY_TIMEOUT_MS} ms: ${lastLines.join('\n')}`);
      }
    },
    signal(signal) {
      child.kill(signal);
    },
    async stop() {
      // A paused process handles SIGTERM only after SIGCONT.
      if (running && process.platform !== 'win32') child.kill('SIGCONT');
      if (running) child.kill('SIGTERM');
      await exited;
    },
  };
}

/**
 * The variables that describe the machine. No others are passed on, because a DATA_DIR or a token in the
 * caller's shell is not meant for every service.
 */
function machineVariables(): Record<string, string> {
  const names =
    /^(PATH|PATHEXT|HOME|USERPROFILE|SYSTEMROOT|WINDIR|COMSPEC|TMPDIR|TEMP|TMP|LANG|TZ|NO_COLOR|FORCE_COLOR|NODE_OPTIONS)$/i;
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (variable): variable is [string, string] => names.test(variable[0]) && variable[1] !== undefined,
    ),
  );
}
