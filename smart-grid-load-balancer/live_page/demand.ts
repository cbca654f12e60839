import type { Decision, LiveGrid, Priority } from '@gridclock/grid-protocol/live';
import { acceptedLoadBound } from '../workload/accepted-load-bound.ts';

/** A request as the bound sees it: when its session begins and ends, in milliseconds, and its power in kW. */
type Demand = { startsAt: number; endsAt: number; kw: number; isAccepted: boolean };

/** What was asked of the grid in the last minutes, and how long sessions last. */
export type Demands = {
  list: readonly Demand[];
  /** Durations of the accepted sessions in seconds, added up relative to those of normal priority. */
  durations: { sum: number; count: number };
};

export const noDemands: Demands = { list: [], durations: { sum: 0, count: 0 } };

/** How long sessions last relative to those of normal priority: part of the contract of substations. */
const relativeDuration: Readonly<Record<Priority, number>> = { high: 0.7, normal: 1, low: 1.3 };

/** 10 s, the default of CHARGE_PROCESSING_TIME, until a session was accepted. */
const USUAL_DURATION_S = 10;

/** What another routing might have placed. Requests that no substation can take, or that were given up, are not. */
const placeable = new Set(['full', 'capacity-unknown', 'unavailable', 'expired']);

/** Returns what is asked once some decisions have fallen, oldest first, without what has ended by `since`. */
export function withDecisions(demands: Demands, decisions: readonly Decision[], since: number): Demands {
  const { sum, count } = demands.durations;
  const durations = { sum, count };
  const added: Demand[] = [];
  for (const { at, amount: kw, candidates, duration_s, outcome, priority } of decisions) {
    // Without candidates, it has a session already: a repeated request.
    const isAccepted = outcome === 'accepted' && candidates.length > 0;
    if (isAccepted && duration_s !== undefined) {
      durations.sum += duration_s / relativeDuration[priority];
      durations.count += 1;
    }
    if (!isAccepted && !placeable.has(outcome)) continue;
    const normal = durations.count === 0 ? USUAL_DURATION_S : durations.sum / durations.count;
    const seconds = (isAccepted ? duration_s : undefined) ?? normal * relativeDuration[priority];
    added.push({ startsAt: at, endsAt: at + seconds * 1_000, kw, isAccepted });
  }
  const list = demands.list.filter(({ endsAt }) => endsAt > since);
  return { list: [...list, ...added], durations };
}

/** Returns the sessions that ran when the page opened. */
export function withSessions(demands: Demands, { at, sessions }: LiveGrid): Demands {
  const running = sessions.map(({ charge_amount: kw, remaining_time }) => ({
    startsAt: at,
    endsAt: at + remaining_time * 1_000,
    kw,
    isAccepted: true,
  }));
  return { ...demands, list: [...demands.list, ...running] };
}

/** The power of refused requests whose sessions would be running at a moment, in kW. */
export function refusedLoad({ list }: Demands, at: number): number {
  let load = 0;
  for (const { endsAt, isAccepted, kw, startsAt } of list)
    if (!isAccepted && startsAt <= at && at < endsAt) load += kw;
  return load;
}

/**
 * Returns the accepted power as a share of what any routing could have accepted at most, or undefined before the first
 * request. Requests that were refused count with the usual duration, so that the share is an estimate.
 */
export function acceptedShare({ list }: Demands, capacitiesKw: readonly number[]): number | undefined {
  const bound = acceptedLoadBound(list, capacitiesKw);
  const accepted = list.reduce((sum, { isAccepted, kw }) => sum + (isAccepted ? kw : 0), 0);
  return bound > 0 ? Math.min(1, accepted / bound) : undefined;
}
