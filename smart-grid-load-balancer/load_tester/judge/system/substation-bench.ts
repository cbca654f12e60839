import { freePort } from '@gridclock/free-port';
import { createDataDirectory, hasData, JudgedProcess, removeDataDirectory } from '@gridclock/judge-kit';
import { contractVariables } from './contract-variables.ts';
import { GridClient } from './grid-client.ts';

export type SubstationBenchOptions = {
  command: string;
  /** How long it may take to start, in milliseconds. */
  startMs?: number | undefined;
  id?: string;
  /** In kW. */
  capacity?: number;
  /** CHARGE_PROCESSING_TIME; by default longer than any judgement. */
  sessionSeconds?: number;
  hasDisk?: boolean;
};

/** A judged substation. */
export class SubstationBench {
  readonly client: GridClient;
  readonly id: string;
  readonly #dataDir: string | undefined;
  #process: JudgedProcess;

  private constructor(options: SubstationBenchOptions, port: number, dataDir: string | undefined) {
    this.id = options.id ?? 'substation_1';
    this.#dataDir = dataDir;
    this.client = new GridClient(`http://127.0.0.1:${port}`, '/charge');
    const { command, startMs, capacity = 100, sessionSeconds = 3_600 } = options;
    this.#process = JudgedProcess.start({
      command,
      url: this.client.url,
      startMs,
      withheld: contractVariables,
      environment: {
        PORT: String(port),
        SUBSTATION_ID: this.id,
        MAX_CAPACITY: String(capacity),
        CHARGE_PROCESSING_TIME: String(sessionSeconds),
        ...(dataDir === undefined ? {} : { DATA_DIR: dataDir }),
      },
    });
  }

  /** Starts the substation. @throws ProgramStartError */
  static async start(options: SubstationBenchOptions): Promise<SubstationBench> {
    const dataDir = options.hasDisk ? await createDataDirectory() : undefined;
    const bench = new SubstationBench(options, await freePort(), dataDir);
    await bench.#serves();
    return bench;
  }

  get process(): JudgedProcess {
    return this.#process;
  }

  /** Whether the substation keeps anything in its DATA_DIR. */
  hasData(): Promise<boolean> {
    return hasData(this.#dataDir);
  }

  /** Kills the substation with SIGKILL and starts it again, with the same variables. */
  async restart(): Promise<void> {
    this.#process = await this.#process.restart();
    await this.#serves();
  }

  async stop(): Promise<void> {
    await this.#process.kill();
    await removeDataDirectory(this.#dataDir);
  }

  async #serves(): Promise<void> {
    try {
      await this.#process.serves(() => this.client.isServing());
    } catch (error) {
      await this.stop();
      throw error;
    }
  }
}
