import { freePort } from '@gridclock/free-port';
import { eventually } from '@gridclock/judge-kit';
import type { ReceivedCharge } from './charges.ts';
import { type Dialect, hostOf, substationVariables } from './dialect.ts';
import { findPlace, JudgedService, type Place } from './judged-service.ts';
import { ScriptedSubstation } from './scripted-substation.ts';

export type BalancerBenchOptions = {
  command: string;
  /** How long it may take to start, in milliseconds. */
  startMs?: number | undefined;
  dialect: Dialect;
  /** Prepares the scripted substations, before the balancer starts. */
  script?: (substations: readonly ScriptedSubstation[]) => void;
  hasDisk?: boolean;
  /** How many substations the judge plays. */
  count?: number;
  pollIntervalMs?: number;
  /** Called with each charge that a substation receives, and what it answers. */
  onCharge?: (charge: ReceivedCharge, answer: string) => void;
};

/** 500 ms: a probe waits for several polls. */
const POLL_INTERVAL_MS = 500;

/** 6 s: the original balancer polls every 5 s, whatever POLL_INTERVAL_MS says. */
const LONGEST_POLL_INTERVAL_MS = 6_000;

/** 3: a favourite, and a choice without it. */
const COUNT = 3;

/** A judged balancer in front of substations that the judge plays. */
export class BalancerBench extends JudgedService {
  readonly substations: readonly ScriptedSubstation[];
  /** All charges that the substations received, in order; `polls` counts the polls of all of them. */
  readonly arrivals: readonly ReceivedCharge[];

  private constructor(
    { command, dialect, startMs, pollIntervalMs = POLL_INTERVAL_MS }: BalancerBenchOptions,
    place: Place,
    substations: readonly ScriptedSubstation[],
    arrivals: readonly ReceivedCharge[],
  ) {
    const environment = {
      POLL_INTERVAL_MS: String(pollIntervalMs),
      ...substationVariables(dialect, substations),
    };
    super(place, { command, startMs, chargePath: dialect.route, environment });
    this.substations = substations;
    this.arrivals = arrivals;
  }

  /** Starts the balancer. @throws ProgramStartError */
  static async start(options: BalancerBenchOptions): Promise<BalancerBench> {
    const arrivals: ReceivedCharge[] = [];
    const substations = await listenAll(options, (charge, answer) => {
      const polls = substations.reduce((sum, substation) => sum + substation.polls, 0);
      arrivals.push({ ...charge, polls });
      options.onCharge?.(charge, answer);
    });
    options.script?.(substations);
    return new BalancerBench(options, await findPlace(options.hasDisk), substations, arrivals).serving();
  }

  /** All new sessions at the substations, in no order. */
  get charged(): readonly ReceivedCharge[] {
    return this.substations.flatMap(({ charged }) => charged);
  }

  substation(index: number): ScriptedSubstation {
    const substation = this.substations[index];
    if (substation === undefined) throw new Error(`there is no substation ${index}`);
    return substation;
  }

  /**
   * Waits until the balancer has read the metrics of these substations twice, so that it has seen the first of them.
   * A balancer that does not poll by itself is not waited for longer than the longest interval.
   */
  async polled(substations: readonly ScriptedSubstation[] = this.substations, times = 2): Promise<void> {
    const before = substations.map(({ polls }) => polls);
    const isPolled = async () =>
      substations.every(({ polls }, index) => polls >= (before[index] ?? 0) + times);
    await eventually(isPolled, times * LONGEST_POLL_INTERVAL_MS);
  }

  override async stop(): Promise<void> {
    await super.stop();
    await Promise.all(this.substations.map((substation) => substation.die()));
  }
}

async function listenAll(
  { count = COUNT, dialect }: BalancerBenchOptions,
  onCharge: (charge: ReceivedCharge, answer: string) => void,
): Promise<ScriptedSubstation[]> {
  const substations: ScriptedSubstation[] = [];
  const isByHost = dialect.launch === 'SUBSTATION_HOSTS';
  const shared = isByHost ? await freePort() : undefined;
  for (let index = 0; index < count; index++) {
    const host = hostOf(dialect, index);
    // No other program may answer there once the substation is dead.
    const port = shared ?? (await freePort());
    const id = isByHost ? host : `substation_${index + 1}`;
    substations.push(await ScriptedSubstation.listen({ id, host, port, onCharge }));
  }
  return substations;
}
