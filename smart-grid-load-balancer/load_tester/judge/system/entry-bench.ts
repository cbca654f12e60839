import { freePort } from '@gridclock/free-port';
import { JudgedProcess } from '@gridclock/judge-kit';
import type { ReceivedCharge } from './charges.ts';
import { contractVariables } from './contract-variables.ts';
import { GridClient } from './grid-client.ts';
import { ScriptedSubstation } from './scripted-substation.ts';

export type EntryBenchOptions = {
  command: string;
  /** How long it may take to start, in milliseconds. */
  startMs?: number | undefined;
  onCharge?: (charge: ReceivedCharge, answer: string) => void;
};

/** A judged entry in front of a balancer that the judge plays. */
export class EntryBench {
  readonly client: GridClient;
  /** To the entry, a balancer is what a substation is to a balancer. */
  readonly balancer: ScriptedSubstation;
  readonly process: JudgedProcess;

  private constructor({ command, startMs }: EntryBenchOptions, port: number, balancer: ScriptedSubstation) {
    this.balancer = balancer;
    this.client = new GridClient(`http://127.0.0.1:${port}`, '/charge');
    this.process = JudgedProcess.start({
      command,
      url: this.client.url,
      startMs,
      withheld: contractVariables,
      environment: { PORT: String(port), LOAD_BALANCER_URL: balancer.url },
    });
  }

  /** Starts the entry. @throws ProgramStartError */
  static async start(options: EntryBenchOptions): Promise<EntryBench> {
    const { onCharge = () => {} } = options;
    const balancer = { id: 'the balancer', host: '127.0.0.1', port: await freePort(), onCharge };
    const bench = new EntryBench(options, await freePort(), await ScriptedSubstation.listen(balancer));
    try {
      await bench.process.serves(() => bench.client.isServing());
    } catch (error) {
      await bench.stop();
      throw error;
    }
    return bench;
  }

  async stop(): Promise<void> {
    await this.process.kill();
    await this.balancer.die();
  }
}
