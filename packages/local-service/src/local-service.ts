import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import pWaitFor, { TimeoutError } from 'p-wait-for';

export type LocalServiceOptions = {
  /** What it is called in messages. */
  name: string;
  /** The entry file, absolute. */
  entry: string;
  /** Where it will listen, on 127.0.0.1; passed on as PORT. */
  port: number;
  /** Its further environment variables. */
  environment?: Record<string, string>;
  /** Gets every line it writes to standard output or standard error. */
  onLine?: (line: string) => void;
  /** How long it may take until `GET /ready` answers 200, in milliseconds. */
  readyWithinMs?: number;
};

/** A service of the suite as a process of its own on this machine. */
export type LocalService = {
  name: string;
  url: string;
  port: number;
  pid: number;
  /** Settles when the process has ended, however it did. */
  ended: Promise<{ exitCode: number | undefined; signal: string | undefined }>;
  /** Resolves once `GET /ready` answers 200; rejects when the process ends first or takes too long. */
  ready: () => Promise<void>;
  /** Sends a signal, by process id. */
  signal: (signal: NodeJS.Signals) => void;
  /** Ends it with SIGTERM, with SIGKILL when it does not listen; resolves once it is gone. */
  stop: () => Promise<void>;
};

/** A cold start of eight processes at once on two cores takes about ten seconds. */
const DEFAULT_READY_WITHIN_MS = 60_000;

/** Past this a process that was asked to end is killed; services drain for 1.5 s. */
const KILL_AFTER_MS = 5_000;

/**
 * Starts an entry file with Node.js and tsx, without a shell, so that signals reach the service itself.
 * The process is ended with this one at the latest.
 */
export function startLocalService(options: LocalServiceOptions): LocalService {
  const { name, entry, port, environment = {}, onLine, readyWithinMs = DEFAULT_READY_WITHIN_MS } = options;
  const lastLines: string[] = [];
  const note = (line: string) => {
    lastLines.push(line);
    if (lastLines.length > 20) lastLines.shift();
    onLine?.(line);
  };
  const child = execa(process.execPath, ['--import', import.meta.resolve('tsx'), entry], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    env: { ...machineVariables(), HOST: '127.0.0.1', ...environment, PORT: String(port) },
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
    forceKillAfterDelay: KILL_AFTER_MS,
  });
  const url = `http://127.0.0.1:${port}`;
  let running = true;
  const ended = Promise.all([child, readLines(child.all, note)]).then(([{ exitCode, signal }]) => {
    running = false;
    return { exitCode, signal };
  });
  return {
    name,
    url,
    port,
    pid: child.pid ?? 0,
    ended,
    async ready() {
      const answers = async () => {
        if (!running)
          throw new Error(`${name} ended while starting: ${lastLines.join('\n') || 'it said nothing'}`);
        const response = await fetch(`${url}/ready`).catch(() => undefined);
        await response?.body?.cancel();
        return response?.status === 200;
      };
      await pWaitFor(answers, { interval: 50, timeout: readyWithinMs }).catch((error: unknown) => {
        if (!(error instanceof TimeoutError)) throw error;
        throw new Error(`${name} was not ready within ${readyWithinMs} ms: ${lastLines.join('\n')}`);
      });
    },
    signal(signal) {
      child.kill(signal);
    },
    async stop() {
      // A paused process hears SIGTERM only once it goes on.
      if (running && process.platform !== 'win32') child.kill('SIGCONT');
      if (running) child.kill('SIGTERM');
      await ended;
    },
  };
}

/**
 * What a process needs to know of the machine. Nothing else is passed on: a DATA_DIR or a token that happens
 * to be set in someone's shell is not meant for each of eight services.
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

async function readLines(
  stream: AsyncIterable<Buffer | string>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + chunk.toString()).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  }
  if (rest !== '') onLine(rest);
}
