import type { AcceptedTotals } from '../../workload/grid-client.ts';
import type { Outcome, RequestRecord } from '../../workload/outcome.ts';

/** Totals by substation id. */
export type TotalsById = Record<string, AcceptedTotals>;

/** The acceptances that clients received, next to those that the substations counted. */
export type Reconciliation = {
  substations: { id: string; acknowledged: AcceptedTotals; counted: AcceptedTotals }[];
  /** The absolute differences, summed over all substations; 0 when no acceptance was lost or doubled. */
  difference: AcceptedTotals;
  /** Requests without a definite response: any of them may have been accepted. */
  unresolved: number;
};

/**
 * Compares the acceptances that clients received with the increase of the substations' counters. Requests of
 * other clients and substations that restarted during the run show up as a difference.
 */
export function reconcile(
  records: readonly RequestRecord[],
  before: TotalsById,
  after: TotalsById,
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
  const ids = [...new Set([...Object.keys(after), ...Object.keys(acknowledged)])].sort();
  const substations = ids.map((id) => ({
    id,
    acknowledged: acknowledged[id] ?? none,
    counted: minus(after[id] ?? none, before[id] ?? none),
  }));
  const difference = { ...none };
  for (const { acknowledged, counted } of substations) {
    const { accepted, acceptedKw } = minus(counted, acknowledged);
    difference.accepted += Math.abs(accepted);
    difference.acceptedKw += Math.abs(roundToWatts(acceptedKw));
  }
  return {
    substations,
    difference,
    unresolved: records.filter(({ outcome }) => isUnresolved(outcome)).length,
  };
}

const none: AcceptedTotals = { accepted: 0, acceptedKw: 0 };

function minus(a: AcceptedTotals, b: AcceptedTotals): AcceptedTotals {
  return { accepted: a.accepted - b.accepted, acceptedKw: a.acceptedKw - b.acceptedKw };
}

/** Sums in a different order differ in their last binary digits. */
function roundToWatts(kw: number): number {
  return Math.round(kw * 1_000) / 1_000;
}

function isUnresolved(outcome: Outcome): boolean {
  return outcome.kind === 'abandoned' || (outcome.kind === 'failed' && outcome.mayBeCharging);
}
