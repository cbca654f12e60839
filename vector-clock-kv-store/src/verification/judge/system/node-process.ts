import { type ChildProcess, spawn } from 'node:child_process';

export type NodeProcessOptions = {
  /** A command line of the shell. */
  command: string;
  /** The contract's variables. */
  environment: Record<string, string>;
  url: string;
};

/** A judged node could not be started. */
class NodeStartError extends Error {
  override readonly name = 'NodeStartError';
}

/** 60 s: an interpreted program with many imports, on a busy machine. */
const START_TIMEOUT_MS = 60_000;

/** How many bytes of output a message quotes, from the end. */
const QUOTED_CHARACTERS = 1_500;

/** The contract's variables; those of the caller's shell are not meant for a judged node. */
const contractVariables = ['NODE_ID', 'PEERS', 'PORT', 'DATA_DIR', 'CLUSTER_TOKEN', 'CLUSTER_TOKEN_FILE'];

/** The running nodes; none outlives this process. */
const running = new Set<NodeProcess>();
process.on('exit', () => {
  for (const node of running) node.killNow();
});

/** A judged node: any program, in a process group of its own. */
export class NodeProcess {
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

  static start({ command, environment, url }: NodeProcessOptions): NodeProcess {
    const inherited = Object.entries(process.env).filter(([name]) => !contractVariables.includes(name));
    const child = spawn('/bin/sh', ['-c', command], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...Object.fromEntries(inherited), ...environment },
    });
    return new NodeProcess(child, url);
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
   * @throws NodeStartError
   */
  async serves(isServing: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadline) {
      if (this.#exit !== undefined)
        throw new NodeStartError(`the node exited during its start (${this.#exit}): ${this.output}`);
      if (await isServing().catch(() => false)) return;
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    throw new NodeStartError(
      `the node does not serve at ${this.#url} after ${START_TIMEOUT_MS} ms: ${this.output}`,
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
