import TinyQueue from 'tinyqueue';

/** A request as the bound sees it: power in kW; start and end in any one unit of time. */
export type Demand = { startsAt: number; endsAt: number; kw: number };

type Session = Demand & { keptKw: number };

/**
 * Computes an upper bound of the load that any routing could have accepted, in kW summed over all sessions.
 *
 * The bound pools all substations into one and may accept a request in part, so no real routing exceeds it. It
 * admits each request on arrival, unless the request is larger than every substation. While the pool is
 * overloaded, it cuts load from the session that ends latest, because that session blocks later requests
 * longest. This is a fractional form of Faigle and Nawijn, "Note on scheduling intervals on-line", Discrete
 * Applied Mathematics 58, 1995. O(n log n).
 *
 * @param demands in any order
 * @param capacitiesKw of the substations
 */
export function acceptedLoadBound(demands: readonly Demand[], capacitiesKw: readonly number[]): number {
  const capacity = capacitiesKw.reduce((sum, kw) => sum + kw, 0);
  const largest = Math.max(0, ...capacitiesKw);
  const arrivals = demands.filter(({ kw }) => kw <= largest).sort((a, b) => a.startsAt - b.startsAt);
  const endingFirst = new TinyQueue<Session>([], (a, b) => a.endsAt - b.endsAt);
  // Ended sessions stay in this queue, behind all active ones, and are never reached.
  const endingLast = new TinyQueue<Session>([], (a, b) => b.endsAt - a.endsAt);
  let load = 0;
  let accepted = 0;
  for (const demand of arrivals) {
    // It may have started late enough to overlap with nothing.
    if (demand.endsAt <= demand.startsAt) {
      accepted += demand.kw;
      continue;
    }
    for (let next = endingFirst.peek(); next && next.endsAt <= demand.startsAt; next = endingFirst.peek()) {
      endingFirst.pop();
      load -= next.keptKw;
    }
    const session = { ...demand, keptKw: demand.kw };
    endingFirst.push(session);
    endingLast.push(session);
    load += demand.kw;
    accepted += demand.kw;
    while (load > capacity) {
      const last = endingLast.peek();
      if (last === undefined) break;
      const cut = Math.min(last.keptKw, load - capacity);
      last.keptKw -= cut;
      load -= cut;
      accepted -= cut;
      if (last.keptKw <= 0) endingLast.pop();
      // Only a floating-point remainder is above the capacity.
      if (cut <= Number.EPSILON * capacity) break;
    }
  }
  return accepted;
}
