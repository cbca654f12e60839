import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Ends the output of a command; no command prints it. */
const END = '--end-of-command--';

/** A student's terminal: one bash process that runs a command after another. */
export class Shell {
  readonly #process: ChildProcess;
  #output = '';
  readonly #exited: Promise<unknown>;

  constructor(directory: string, environment: Record<string, string>) {
    this.#process = spawn('bash', ['--noprofile', '--norc'], {
      cwd: directory,
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#exited = once(this.#process, 'exit');
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
    });
    this.#process.stdin?.write('exec 2>&1\n');
  }

  /** Runs a command. Resolves to what it printed, without spaces at the end. */
  async run(command: string): Promise<string> {
    this.#output = '';
    this.#process.stdin?.write(`${command}\nprintf '%s' '${END}'\n`);
    while (!this.#output.endsWith(END)) {
      const stdout = this.#process.stdout;
      if (stdout === null || this.#process.exitCode !== null)
        throw new Error(`the shell has exited: ${this.#output}`);
      await Promise.race([once(stdout, 'data'), this.#exited]);
    }
    return this.#output.slice(0, -END.length).trimEnd();
  }

  /** Kills the jobs that are left, and exits. */
  async close(): Promise<void> {
    this.#process.stdin?.end('jobs=$(jobs -p)\n[ -z "$jobs" ] || kill $jobs\nwait\n');
    await this.#exited;
  }
}
