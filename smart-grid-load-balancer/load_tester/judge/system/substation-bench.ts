import { findPlace, JudgedService, type Place } from './judged-service.ts';

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
export class SubstationBench extends JudgedService {
  readonly id: string;

  private constructor(
    { command, startMs, id = 'substation_1', capacity = 100, sessionSeconds = 3_600 }: SubstationBenchOptions,
    place: Place,
  ) {
    const environment = {
      SUBSTATION_ID: id,
      MAX_CAPACITY: String(capacity),
      CHARGE_PROCESSING_TIME: String(sessionSeconds),
    };
    super(place, { command, startMs, chargePath: '/charge', environment });
    this.id = id;
  }

  /** Starts the substation. @throws ProgramStartError */
  static async start(options: SubstationBenchOptions): Promise<SubstationBench> {
    return new SubstationBench(options, await findPlace(options.hasDisk)).serving();
  }
}
