import type { GridClient, GridStatus } from '../../workload/grid-client.ts';
import type { Run } from '../../workload/recorder.ts';
import { boundOfRun } from './bound-of-run.ts';
import { type Reconciliation, reconcile, type TotalsById } from './reconciliation.ts';
import { type Summary, summarize } from './summary.ts';
import { checkThresholds, isImpossible, type ThresholdResult, type Thresholds } from './thresholds.ts';

/** The figures of a run, and how good they are. Powers in kW. */
export type Assessment = {
  summary: Summary;
  /** By substation id; empty when the balancer does not report them. */
  capacities: Record<string, number>;
  /** The most that any routing could have accepted; undefined when the capacities are unknown. */
  boundKw: number | undefined;
  /** accepted / bound, 0 to 1. */
  shareOfBound: number | undefined;
  /** Undefined unless every substation reported its counters before and after the run. */
  reconciliation: Reconciliation | undefined;
  thresholds: ThresholdResult[];
  /** Present if the run was stopped before its end: neither it nor the grid has passed. */
  interrupted?: true;
};

/** The state of the grid before a run. */
export type Baseline = { status: GridStatus | undefined; totals: TotalsById | undefined };

/** Reads the state of the grid before a run. */
export async function readBaseline(grid: GridClient): Promise<Baseline> {
  const status = await grid.status();
  return { status, totals: await readTotals(grid, status) };
}

/** Reads the state of the grid after a run and assesses the run. */
export async function assess(
  grid: GridClient,
  run: Run,
  baseline: Baseline,
  thresholds: Thresholds,
): Promise<Assessment> {
  const status = await grid.status();
  const totals = await readTotals(grid, status);
  const capacities = { ...baseline.status?.capacities, ...status?.capacities };
  const summary = summarize(run, capacities);
  const known = Object.values(capacities);
  const boundKw = known.length === 0 ? undefined : boundOfRun(run.records, known);
  const shareOfBound = boundKw === undefined || boundKw === 0 ? undefined : summary.acceptedKw / boundKw;
  return {
    summary,
    capacities,
    boundKw,
    shareOfBound,
    reconciliation:
      baseline.totals === undefined || totals === undefined
        ? undefined
        : reconcile(run.records, baseline.totals, totals, substationsWithoutUrl(status)),
    thresholds: checkThresholds(thresholds, { shareOfBound, p99Ms: summary.latency?.p99 }),
    ...(run.interrupted ? { interrupted: true } : {}),
  };
}

/**
 * Whether a run has failed: a request failed, none ended, or a threshold was missed. Rejections are not failures.
 * More accepted load than the bound allows is a failure of the run or the bound.
 * It has also failed when clients and substations disagree although every request got a definite response.
 */
export function hasFailed({ summary, reconciliation, shareOfBound, thresholds }: Assessment): boolean {
  const lostOrDoubled =
    reconciliation !== undefined && reconciliation.unresolved === 0 && reconciliation.difference.accepted > 0;
  return (
    isImpossible(shareOfBound) ||
    summary.failed > 0 ||
    summary.total === 0 ||
    lostOrDoubled ||
    thresholds.some(({ passed }) => !passed)
  );
}

/** `--substations` may list only a part of the grid. */
function substationsWithoutUrl(status: GridStatus | undefined): string[] {
  const { loads = {}, capacities = {}, urls = {} } = status ?? {};
  const ids = new Set([...Object.keys(loads), ...Object.keys(capacities)]);
  return [...ids].filter((id) => urls[id] === undefined).sort();
}

async function readTotals(grid: GridClient, status: GridStatus | undefined): Promise<TotalsById | undefined> {
  const urls = Object.entries(status?.urls ?? {});
  if (urls.length === 0) return undefined;
  const read = await Promise.all(
    urls.map(async ([id, url]) => [id, await grid.acceptedTotals(url)] as const),
  );
  const totals: TotalsById = {};
  for (const [id, accepted] of read) {
    if (accepted === undefined) return undefined;
    totals[id] = accepted;
  }
  return totals;
}
