import type { GridClient, GridStatus } from '../grid-client.ts';
import type { Run } from '../recorder.ts';
import { boundOfRun } from './bound-of-run.ts';
import { type CountersById, type Reconciliation, reconcile } from './reconcile.ts';
import { type Summary, summarize } from './summary.ts';
import { judge, type Limits, type Verdict } from './thresholds.ts';

/** A run's figures, and how good they are. Powers in kW. */
export type Assessment = {
  summary: Summary;
  /** By substation id; empty when the balancer does not tell. */
  capacities: Record<string, number>;
  /** What any routing could have accepted at most; undefined when the capacities are not known. */
  boundKw: number | undefined;
  /** accepted / bound, 0 to 1. */
  shareOfBound: number | undefined;
  /** Undefined when not every substation told its counters, before and after. */
  reconciliation: Reconciliation | undefined;
  verdicts: Verdict[];
};

/** What the substations said before the run began. */
export type Opening = { status: GridStatus | undefined; counters: CountersById | undefined };

/** Asks the balancer and the substations, before a run, for what it will be compared with. */
export async function readOpening(grid: GridClient): Promise<Opening> {
  const status = await grid.status();
  return { status, counters: await readCounters(grid, status) };
}

/** Looks at the substations once more, and compares. */
export async function assess(
  grid: GridClient,
  run: Run,
  opening: Opening,
  limits: Limits,
): Promise<Assessment> {
  const status = await grid.status();
  const counters = await readCounters(grid, status);
  const capacities = { ...opening.status?.capacities, ...status?.capacities };
  const summary = summarize(run);
  const known = Object.values(capacities);
  const boundKw = known.length === 0 ? undefined : boundOfRun(run.records, known);
  const shareOfBound = boundKw === undefined || boundKw === 0 ? undefined : summary.acceptedKw / boundKw;
  return {
    summary,
    capacities,
    boundKw,
    shareOfBound,
    reconciliation:
      opening.counters === undefined || counters === undefined
        ? undefined
        : reconcile(run.records, opening.counters, counters),
    verdicts: judge(limits, { shareOfBound, p99Ms: summary.latency?.p99 }),
  };
}

/**
 * A failure: a request failed, none could be sent, a limit was missed, or a substation counted otherwise than
 * clients were told although every answer was heard. A rejection is none.
 */
export function hasFailed({ summary, reconciliation, verdicts }: Assessment): boolean {
  const lostOrDoubled =
    reconciliation !== undefined && reconciliation.open === 0 && reconciliation.difference.accepted > 0;
  return summary.failed > 0 || summary.total === 0 || lostOrDoubled || verdicts.some(({ passed }) => !passed);
}

async function readCounters(
  grid: GridClient,
  status: GridStatus | undefined,
): Promise<CountersById | undefined> {
  const urls = Object.entries(status?.urls ?? {});
  if (urls.length === 0) return undefined;
  const read = await Promise.all(urls.map(async ([id, url]) => [id, await grid.counters(url)] as const));
  const counters: CountersById = {};
  for (const [id, own] of read) {
    if (own === undefined) return undefined;
    counters[id] = own;
  }
  return counters;
}
