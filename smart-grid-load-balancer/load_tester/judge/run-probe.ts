import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  eventually,
  type JudgedProcess,
  morePatience,
  type Observation,
  type Observer,
  observe,
  patienceAfter,
} from '@gridclock/judge-kit';
import type { Probe, ProbeRun } from './probes/probe.ts';
import { BalancerBench, type BalancerBenchOptions } from './system/balancer-bench.ts';
import { formatCharge } from './system/charges.ts';
import type { Dialect } from './system/dialect.ts';
import { EntryBench } from './system/entry-bench.ts';
import { GridBench } from './system/grid-bench.ts';
import { formatResponse } from './system/grid-client.ts';
import { type GridUrls, RunningGrid } from './system/running-grid.ts';
import { SubstationBench } from './system/substation-bench.ts';
import type { ProbeResult } from './verdict.ts';

/** A judged grid: programs, as command lines of the shell, or URLs. */
export type JudgedGrid = GridUrls & {
  balancer?: string | undefined;
  substation?: string | undefined;
  entry?: string | undefined;
  /** How many substations a whole grid has. */
  count: number;
  /** How long each program may take to start, in milliseconds. */
  startMs?: number | undefined;
  dialect: Dialect;
};

/** In milliseconds. */
const EXIT_MS = 200;

/** A run of more steps explains nothing. */
const MAX_STEPS = 100;

type Bench = { process: JudgedProcess | undefined; stop: () => Promise<void> };

/** 0: patience is at first what the start of the program allows. */
const NO_PATIENCE_MS = 0;

/** How often a probe is run at most, if the programs were late or the machine was busy. */
const ATTEMPTS = 3;

/** 200 ms: the judge answers for substations, and a balancer may take a later answer for none. */
const BUSY_MS = 200;

/**
 * Runs one probe against fresh programs, and stops them whatever happens. If one was late, it gets more time; if the judge
 * itself was held up, a failure proves nothing, and the probe is repeated.
 */
export async function runProbe(probe: Probe, grid: JudgedGrid): Promise<ProbeResult> {
  let patienceMs = NO_PATIENCE_MS;
  for (let count = 1; ; count++) {
    const delays = monitorEventLoopDelay({ resolution: 20 });
    delays.enable();
    const { isLate, result, ...last } = await attempt(probe, grid, patienceMs);
    delays.disable();
    // At a running grid, the judge answers for nobody, and the sessions of the first time are still there.
    const isHeldUp = probe.role !== 'running' && delays.max / 1e6 > BUSY_MS;
    const isBusy = result.outcome === 'failed' && isHeldUp;
    // What was late has had its patience already; another failure is seen at once.
    const mayRepeat = isLate ? count === 1 : isBusy && count < ATTEMPTS;
    if (!mayRepeat) return result;
    patienceMs = morePatience(last.patienceMs);
  }
}

type Attempt = { result: ProbeResult; isLate: boolean; patienceMs: number };

async function attempt(probe: Probe, grid: JudgedGrid, patienceMs: number): Promise<Attempt> {
  const benches: Bench[] = [];
  let patience = patienceMs;
  const start = async <Started extends Bench>(startBench: () => Promise<Started>): Promise<Started> => {
    const startedAt = performance.now();
    const bench = await startBench();
    patience = Math.max(patience, patienceAfter(performance.now() - startedAt));
    benches.push(bench);
    return bench;
  };
  const { balancer = '', count, dialect, entry = '', startMs, substation = '' } = grid;
  const observation = await observe({ patienceMs: () => patience, maxSteps: MAX_STEPS }, (observer) => {
    const onCharge = reportCharges(observer);
    return probe.run({
      ...observer,
      ...asking(observer),
      check: (condition, expectation, ...seen) =>
        observer.check(condition, expectation, seen.length === 1 ? (seen[0] ?? 'nothing') : undefined),
      substation: (options) =>
        start(() => SubstationBench.start({ ...options, command: substation, startMs })),
      balancer: (options) =>
        start(() => BalancerBench.start({ ...options, command: balancer, startMs, dialect, onCharge })),
      running: new RunningGrid(grid),
      unique: randomUUID,
      entry: () => start(() => EntryBench.start({ command: entry, startMs, onCharge })),
      grid: () =>
        start(() => GridBench.start({ balancer, substation, entry: grid.entry, count, dialect, startMs })),
    });
  });
  const crash = observation.outcome === 'failed' ? await crashIn(benches) : undefined;
  await Promise.all(benches.map((bench) => bench.stop()));
  return { result: toResult(probe, observation, crash), isLate: observation.isLate, patienceMs: patience };
}

/** Reports what the judge's substations receive. */
function reportCharges({ step }: Observer): NonNullable<BalancerBenchOptions['onCharge']> {
  return ({ substation, vehicle, kw, priority, requestId }, answer) => {
    const text = formatCharge({
      vehicle_id: vehicle,
      charge_amount: kw,
      // Most services add the default.
      ...(typeof priority === 'string' && priority !== 'normal' ? { priority } : {}),
      ...(requestId === undefined ? {} : { request_id: requestId }),
    });
    step(`  ${substation} gets ${text}`, answer);
  };
}

function asking({ begin, check }: Observer): Pick<ProbeRun, 'ask' | 'hasNoRoom' | 'hasRoom' | 'tryAsk'> {
  const ask: ProbeRun['ask'] = async (client, charge, timeoutMs) => {
    const finish = begin(`POST ${client.chargePath} ${formatCharge(charge)}`);
    try {
      const response = await client.charge(charge, timeoutMs);
      finish(formatResponse(response));
      return response;
    } catch (error) {
      finish(error instanceof Error ? error.message : String(error));
      throw error;
    }
  };
  return {
    ask,
    tryAsk: (client, charge, timeoutMs) => ask(client, charge, timeoutMs).catch(() => undefined),
    async hasRoom(client, kw) {
      const rest = await ask(client, { vehicle_id: 'EV_rest', charge_amount: kw });
      check(
        rest.status === 200,
        `a charge of ${kw} kW, for which there is room, is accepted`,
        formatResponse(rest),
      );
    },
    async hasNoRoom(client, kw) {
      const more = await ask(client, { vehicle_id: 'EV_more', charge_amount: kw });
      check(more.status !== 200, `a charge of ${kw} kW more is not accepted`, formatResponse(more));
    },
  };
}

/** Says which program has exited, if one has. Its connections break before its exit is known. */
async function crashIn(benches: readonly Bench[]): Promise<string | undefined> {
  const findExited = () => benches.find(({ process }) => process?.exit !== undefined)?.process;
  await eventually(async () => findExited() !== undefined, EXIT_MS);
  const exited = findExited();
  return exited && `the program exited (${exited.exit}): ${exited.output.slice(-400)}`;
}

function toResult(
  { property, summary, why }: Probe,
  { isLate: _, reason, steps, ...observation }: Observation,
  crash: string | undefined,
): ProbeResult {
  const explained = crash === undefined ? reason : `${reason}; ${crash}`;
  return {
    property,
    summary,
    ...observation,
    steps: crash === undefined ? steps : [...steps, { kind: 'failed', text: crash }],
    ...(observation.outcome === 'failed' ? { why } : {}),
    ...(explained === undefined ? {} : { reason: explained }),
  };
}
