import { type ChildProcess, spawn } from 'node:child_process';

export type JudgedProcessOptions = {
  /** A command line of the shell. */
  command: string;
  /** The contract's variables. */
  environment: Record<string, string>;
  url: string;
  /** Variables of the caller's shell that are not meant for a judged program. */
  withheld: readonly string[];
};

/** A judged program could not be started. */
export class ProgramStartError extends Error {
  override readonly name = 'ProgramStartError';
}

/** 60 s: an interpreted program with many imports, on a busy machine. */
const START_TIMEOUT_MS = 60_000;

/** How many bytes of output a message quotes, from the end. */
const QUOTED_CHARACTERS = 1_500;

/** The running programs; none outlives this process. */
const running = new Set<JudgedProcess>();
process.on('exit', () => {
  for (const node of running) node.killNow();
});

/** A judged program: any program, in a process group of its own. */
export class JudgedProcess {
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #exited: Promise<void>;
  #output = '';
  #exit: string | undefined;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
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
        resolve();
      });
    });
  }

  static start({ command, environment, url, withheld }: JudgedProcessOptions): JudgedProcess {
    const inherited = Object.entries(process.env).filter(([name]) => !withheld.includes(name));
    const child = spawn('/bin/sh', ['-c', command], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...Object.fromEntries(inherited), ...environment },
    });
    return new JudgedProcess(child, url);
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
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadline) {
      if (this.#exit !== undefined)
        throw new ProgramStartError(`the program exited during its start (${this.#exit}): ${this.output}`);
      if (await isServing().catch(() => false)) return;
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    throw new ProgramStartError(
      `the program does not serve at ${this.#url} after ${START_TIMEOUT_MS} ms: ${this.output}`,
    );
  }

  /** Kills the process and its children with SIGKILL; resolves once it has exited. */
  async kill(): Promise<void> {
    this.killNow();
    await this.#exited;
    running.delete(this);
  }

  /** As `kill`, for a handler of the process's exit, which cannot wait. */
  killNow(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // The whole group has exited.
    }
  }
}
