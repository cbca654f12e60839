import type { ChargeRequest } from '@gridclock/grid-protocol';
import type { Outcome } from './outcome.ts';

/** The substations as the balancer reports them, by id; powers in kW. Other balancers may report only loads. */
export type GridStatus = {
  loads: Record<string, number>;
  capacities: Record<string, number>;
  urls: Record<string, string>;
};

/** The acceptances that a substation has counted, and when its process started, in seconds since 1970. */
export type AcceptedTotals = { accepted: number; acceptedKw: number; startedAtS?: number };

/** The grid as its users see it. No method rejects. */
export type GridClient = {
  charge: (request: ChargeRequest, interrupted: AbortSignal) => Promise<Outcome>;
  /** Resolves to undefined when the balancer does not report it. */
  status: () => Promise<GridStatus | undefined>;
  /** Resolves to undefined when the substation at this URL does not report them. */
  acceptedTotals: (substationUrl: string) => Promise<AcceptedTotals | undefined>;
  /** Resolves to the reason why the public entry cannot be reached, or to undefined when it responds. */
  connectionError: () => Promise<string | undefined>;
};
