import type { Priority } from './charge.ts';
import type { SubstationViewStatus } from './status.ts';

// Types only: pages import this file, and a browser needs no schema.
export type { Priority } from './charge.ts';

/** A substation as a decision saw it. Power in kW. */
export type ConsideredSubstation = { id: string; load: number; capacity: number; fits: boolean };

/** How one charge request was placed, and why. It names neither the vehicle, the request nor the session. */
export type Decision = {
  /** Larger with every decision, also across restarts. */
  seq: number;
  /** Milliseconds since 1970. */
  at: number;
  /** In kW. */
  amount: number;
  priority: Priority;
  /** `accepted`, or why not: the kind of the placement, such as `full`. */
  outcome: string;
  substation?: string;
  policy: string;
  /** What the policy chose from; empty where the request never got there. */
  candidates: ConsideredSubstation[];
  /** How many more there were. */
  omitted: number;
  /** The substations asked, in order. */
  asked: string[];
  /** How long it waited in the queue, in milliseconds. */
  waited_ms?: number;
  /** How long its session lasts, in seconds, where the substation says so. */
  duration_s?: number;
};

/** A running session without its id and vehicle. charge_amount in kW, remaining_time in seconds. */
export type LiveSession = {
  substation_id: string;
  charge_amount: number;
  priority: Priority;
  remaining_time: number;
};

/** A substation as the balancer believes it to be, and its own figure. */
export type LiveSubstation = Pick<
  SubstationViewStatus,
  'polled_load' | 'own_dispatches' | 'load' | 'capacity' | 'health' | 'view_age_ms'
> & {
  id: string;
  /** The load that it has just reported, in kW; null if it does not respond. */
  true_load: number | null;
};

/** `GET /live` of the balancer: what the live page shows. */
export type LiveGrid = {
  at: number;
  policy: string;
  policies: readonly string[];
  substations: LiveSubstation[];
  /** How many more substations there are; neither their loads nor their sessions are shown. */
  omitted_substations: number;
  sessions: LiveSession[];
  /** How many more sessions there are. */
  omitted_sessions: number;
  /** Substations whose sessions are not known. */
  sessions_unknown: string[];
  /** Placements by outcome since the balancer started. */
  outcomes: Record<string, number>;
  decisions: Decision[];
};
