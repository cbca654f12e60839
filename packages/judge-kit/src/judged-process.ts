import { type ChildProcess, spawn } from 'node:child_process';
import { killMarked, killMarkedOnce, nextMark } from './guard.ts';
import { describeSilence, ProgramStartError } from './start-error.ts';

export type JudgedProcessOptions = {
  /** A command line of the shell. */
  command: string;
  /** The contract's variables. */
  environment: Record<string, string>;
  url: string;
  /** Variables of the caller's shell that are not meant for a judged program. */
  withheld: readonly string[];
  /** How long it may take to serve, in milliseconds. */
  startMs?: number | undefined;
};

/** 60 s: an interpreted program with many imports, on a busy machine. */
const START_TIMEOUT_MS = 60_000;

/** How many characters of output a message quotes, from the end. */
const QUOTED_CHARACTERS = 1_500;

/**
 * Runs the command in its first argument, beside a shell that ends the whole process group once the judge has closed its
 * end of a pipe, as the operating system does when a judge is killed.
 */
const UNTIL_PIPE_CLOSES =
  '{ read -r _ <&3; kill -KILL 0; } </dev/null >/dev/null 2>&1 & exec 3<&-; eval "$1"';

/** The running programs; none outlives this process. */
const running = new Set<JudgedProcess>();
process.on('exit', () => {
  for (const node of running) node.killNow();
});

/** A judged program, of whatever kind, as a process group. */
export class JudgedProcess {
  readonly #options: JudgedProcessOptions;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #mark: Record<string, string>;
  #output = '';
  #exit: string | undefined;

  private constructor(options: JudgedProcessOptions, child: ChildProcess, mark: Record<string, string>) {
    this.#options = options;
    this.#child = child;
    this.#mark = mark;
    const keep = (part: Buffer) => {
      this.#output = (this.#output + part.toString()).slice(-QUOTED_CHARACTERS);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    running.add(this);
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#exit = error.message;
        resolve();
      });
      child.once('exit', (code, signal) => {
        this.#exit = signal ?? `exit code ${code}`;
        child.stdio[3]?.destroy();
        resolve();
      });
    });
  }

  static start(options: JudgedProcessOptions): JudgedProcess {
    const { command, environment, withheld } = options;
    const inherited = Object.entries(process.env).filter(([name]) => !withheld.includes(name));
    const mark = nextMark();
    const child = spawn('/bin/sh', ['-c', UNTIL_PIPE_CLOSES, 'sh', command], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...Object.fromEntries(inherited), ...environment, ...mark },
    });
    return new JudgedProcess(options, child, mark);
  }

  /** How the process exited; undefined while it runs. */
  get exit(): string | undefined {
    return this.#exit;
  }

  /** The end of what it printed. */
  get output(): string {
    return this.#output.trim();
  }

  /**
   * Resolves once the node serves; it may first have to find its peers.
   *
   * @throws ProgramStartError
   */
  async serves(isServing: () => Promise<boolean>): Promise<void> {
    const { startMs = START_TIMEOUT_MS, url } = this.#options;
    const deadline = performance.now() + startMs;
    let last: unknown;
    while (performance.now() < deadline) {
      if (this.#exit !== undefined)
        throw new ProgramStartError(
          `the program exited during its start (${this.#exit}). ${this.output === '' ? 'It printed nothing.' : `It printed: ${this.output}`}`,
        );
      const left = deadline - performance.now();
      const isReady = await unlessLate(isServing(), left).catch((error: unknown) => {
        last = error;
        return false;
      });
      if (isReady) return;
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    throw new ProgramStartError(describeSilence(url, last, startMs, this.output), true);
  }

  /** Kills the process and its children with SIGKILL; resolves once it has exited. */
  async kill(): Promise<void> {
    this.#killGroup();
    await this.#exited;
    await killMarked(this.#mark);
    // What it has started elsewhere than on Linux may hold the other ends, which must not keep the judge from exiting.
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    running.delete(this);
  }

  /** Kills the process, and starts the program again with the same variables. */
  async restart(): Promise<JudgedProcess> {
    await this.kill();
    return JudgedProcess.start(this.#options);
  }

  /** As `kill`, for a handler of the process's exit, which cannot wait. */
  killNow(): void {
    this.#killGroup();
    killMarkedOnce(this.#mark);
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // The whole group has exited.
    }
  }
}

/** A response that hangs must not outlast the deadline. */
async function unlessLate<Result>(work: Promise<Result>, withinMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no response')), Math.max(0, withinMs));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
