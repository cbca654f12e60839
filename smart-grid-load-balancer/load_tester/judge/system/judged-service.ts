import { freePort } from '@gridclock/free-port';
import { createDataDirectory, hasData, JudgedProcess, removeDataDirectory } from '@gridclock/judge-kit';
import { contractVariables } from './contract-variables.ts';
import { GridClient } from './grid-client.ts';

export type JudgedServiceOptions = {
  command: string;
  chargePath: string;
  /** The contract's variables besides PORT and DATA_DIR. */
  environment: Record<string, string>;
  /** How long it may take to start, in milliseconds. */
  startMs?: number | undefined;
};

/** Where a program runs: its port, and its DATA_DIR if it has one. */
export type Place = { port: number; dataDir: string | undefined };

/** @param hasDisk whether there is a DATA_DIR */
export async function findPlace(hasDisk = false): Promise<Place> {
  return { port: await freePort(), dataDir: hasDisk ? await createDataDirectory() : undefined };
}

/** A judged program that takes charges. It starts at once; `serving` waits for it. */
export class JudgedService {
  readonly client: GridClient;
  readonly #dataDir: string | undefined;
  #process: JudgedProcess;

  constructor({ dataDir, port }: Place, { chargePath, command, environment, startMs }: JudgedServiceOptions) {
    this.#dataDir = dataDir;
    this.client = new GridClient(`http://127.0.0.1:${port}`, chargePath);
    this.#process = JudgedProcess.start({
      command,
      url: this.client.url,
      startMs,
      withheld: contractVariables,
      environment: {
        PORT: String(port),
        ...environment,
        ...(dataDir === undefined ? {} : { DATA_DIR: dataDir }),
      },
    });
  }

  get process(): JudgedProcess {
    return this.#process;
  }

  /** Whether the program keeps anything in its DATA_DIR. */
  hasData(): Promise<boolean> {
    return hasData(this.#dataDir);
  }

  /** Kills the program with SIGKILL and starts it again, with the same variables. */
  async restart(): Promise<void> {
    this.#process = await this.#process.restart();
    await this.serving();
  }

  async stop(): Promise<void> {
    await this.#process.kill();
    await removeDataDirectory(this.#dataDir);
  }

  /** Resolves once it serves; if it does not, stops it. @throws ProgramStartError */
  async serving(): Promise<this> {
    try {
      await this.#process.serves(() => this.client.isServing());
      return this;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }
}
