import type { AcceptedTotals } from '../../workload/grid-client.ts';
import type { Outcome, RequestRecord } from '../../workload/outcome.ts';

/** Totals by substation id. */
export type TotalsById = Record<string, AcceptedTotals>;

/** The acceptances that clients received, next to those that the substations counted. */
export type Reconciliation = {
  substations: { id: string; acknowledged: AcceptedTotals; counted: AcceptedTotals }[];
  /** The absolute differences, summed over all substations; 0 when no acceptance was lost or doubled. */
  difference: AcceptedTotals;
  /** The substations that restarted during the run and lost their counters: they explain a difference. */
  restarted?: string[];
  /** The substations of the grid that are missing in `--substations`, and so are not compared. */
  notListed?: string[];
  /** Requests without a definite response: any of them may have been accepted. */
  unresolved: number;
};

/**
 * Compares the acceptances that clients received with the increase of the substations' counters. Requests of
 * other clients show up as a difference. A substation that restarted and lost its counters cannot be compared.
 *
 * @param notListed the substations whose counters were not to be read
 */
export function reconcile(
  records: readonly RequestRecord[],
  before: TotalsById,
  after: TotalsById,
  notListed: readonly string[] = [],
): Reconciliation {
  const acknowledged: TotalsById = {};
  for (const { outcome } of records) {
    if (outcome.kind !== 'accepted') continue;
    const { accepted, acceptedKw } = acknowledged[outcome.substationId] ?? none;
    acknowledged[outcome.substationId] = {
      accepted: accepted + 1,
      acceptedKw: acceptedKw + outcome.chargeKw,
    };
  }
  const ids = [...new Set([...Object.keys(after), ...Object.keys(acknowledged)])]
    .filter((id) => !notListed.includes(id))
    .sort();
  const substations = ids.map((id) => ({
    id,
    acknowledged: acknowledged[id] ?? none,
    counted: minus(after[id] ?? none, before[id] ?? none),
  }));
  const difference = { ...none };
  const restarted = ids.filter((id) => hasLostCounters(before[id], after[id]));
  for (const { acknowledged, counted, id } of substations) {
    if (restarted.includes(id)) continue;
    const { accepted, acceptedKw } = minus(counted, acknowledged);
    difference.accepted += Math.abs(accepted);
    difference.acceptedKw += Math.abs(roundToWatts(acceptedKw));
  }
  return {
    substations,
    difference,
    ...(restarted.length === 0 ? {} : { restarted }),
    ...(notListed.length === 0 ? {} : { notListed: [...notListed] }),
    unresolved: records.filter(({ outcome }) => isUnresolved(outcome)).length,
  };
}

const none: AcceptedTotals = { accepted: 0, acceptedKw: 0 };

function hasLostCounters(before: AcceptedTotals | undefined, after: AcceptedTotals | undefined): boolean {
  if (before?.startedAtS === undefined || after?.startedAtS === undefined) return false;
  return before.startedAtS !== after.startedAtS && after.accepted < before.accepted;
}

function minus(a: AcceptedTotals, b: AcceptedTotals): AcceptedTotals {
  return { accepted: a.accepted - b.accepted, acceptedKw: a.acceptedKw - b.acceptedKw };
}

/** Sums in a different order differ in their last binary digits. */
function roundToWatts(kw: number): number {
  return Math.round(kw * 1_000) / 1_000;
}

function isUnresolved(outcome: Outcome): boolean {
  if (outcome.kind !== 'failed') return outcome.kind === 'abandoned';
  return outcome.mayBeCharging || outcome.cause === 'session-interrupted';
}
