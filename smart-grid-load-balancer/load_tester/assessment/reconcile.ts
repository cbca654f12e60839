import type { RequestRecord } from '../../workload/outcome.ts';

/** What a substation has counted since it started, in requests and kW. */
export type Counters = { accepted: number; acceptedKw: number };

/** By the substation's id. */
export type CountersById = Record<string, Counters>;

/** What clients were told beside what the substations counted. */
export type Reconciliation = {
  substations: { id: string; told: Counters; counted: Counters }[];
  /** Sum of the amounts by which the two differ, over all substations; 0 when nothing was lost or doubled. */
  difference: Counters;
  /** Requests whose answer was lost or left it open: any of them may have been accepted. */
  open: number;
};

/**
 * Compares the acceptances that clients heard of with what the substations' counters rose by. Others who
 * charge at the same time, and substations that start anew, show as a difference.
 */
export function reconcile(
  records: readonly RequestRecord[],
  before: CountersById,
  after: CountersById,
): Reconciliation {
  const told: CountersById = {};
  for (const { outcome } of records) {
    if (outcome.kind !== 'accepted') continue;
    const own = told[outcome.substationId] ?? nothing;
    told[outcome.substationId] = {
      accepted: own.accepted + 1,
      acceptedKw: own.acceptedKw + outcome.chargeKw,
    };
  }
  const ids = [...new Set([...Object.keys(after), ...Object.keys(told)])].sort();
  const substations = ids.map((id) => ({
    id,
    told: told[id] ?? nothing,
    counted: minus(after[id] ?? nothing, before[id] ?? nothing),
  }));
  return {
    substations,
    difference: substations.reduce(
      (sum, { told, counted }) => ({
        accepted: sum.accepted + Math.abs(counted.accepted - told.accepted),
        acceptedKw: sum.acceptedKw + Math.abs(roundKw(counted.acceptedKw - told.acceptedKw)),
      }),
      nothing,
    ),
    open: records.filter(({ outcome }) => isOpen(outcome)).length,
  };
}

const nothing: Counters = { accepted: 0, acceptedKw: 0 };

function minus(a: Counters, b: Counters): Counters {
  return { accepted: a.accepted - b.accepted, acceptedKw: a.acceptedKw - b.acceptedKw };
}

/** To a watt: sums of different order differ in their last binary digits. */
function roundKw(kw: number): number {
  return Math.round(kw * 1_000) / 1_000;
}

function isOpen(outcome: RequestRecord['outcome']): boolean {
  return outcome.kind === 'abandoned' || (outcome.kind === 'failed' && outcome.mayBeCharging);
}
