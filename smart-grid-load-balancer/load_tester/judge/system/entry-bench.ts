import { freePort } from '@gridclock/free-port';
import type { ReceivedCharge } from './charges.ts';
import { findPlace, JudgedService, type Place } from './judged-service.ts';
import { ScriptedSubstation } from './scripted-substation.ts';

export type EntryBenchOptions = {
  command: string;
  /** How long it may take to start, in milliseconds. */
  startMs?: number | undefined;
  onCharge?: (charge: ReceivedCharge, answer: string) => void;
};

/** A judged entry in front of a balancer that the judge plays. */
export class EntryBench extends JudgedService {
  /** To the entry, a balancer is what a substation is to a balancer. */
  readonly balancer: ScriptedSubstation;

  private constructor({ command, startMs }: EntryBenchOptions, place: Place, balancer: ScriptedSubstation) {
    const environment = { LOAD_BALANCER_URL: balancer.url };
    super(place, { command, startMs, chargePath: '/charge', environment });
    this.balancer = balancer;
  }

  /** Starts the entry. @throws ProgramStartError */
  static async start(options: EntryBenchOptions): Promise<EntryBench> {
    const { onCharge = () => {} } = options;
    const balancer = { id: 'the balancer', host: '127.0.0.1', port: await freePort(), onCharge };
    return new EntryBench(options, await findPlace(), await ScriptedSubstation.listen(balancer)).serving();
  }

  override async stop(): Promise<void> {
    await super.stop();
    await this.balancer.die();
  }
}
