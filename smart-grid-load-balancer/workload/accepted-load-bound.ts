import TinyQueue from 'tinyqueue';

/** A request as the bound sees it: power in kW; start and end in one unit of time, whichever. */
export type Demand = { startsAt: number; endsAt: number; kw: number };

type Kept = Demand & { keptKw: number };

/**
 * The most load that any routing could have accepted, in kW summed over all sessions.
 *
 * The substations are pooled into one, a request may be accepted in part, and the future is known, so no real
 * routing reaches more. Each request is admitted when it comes (never one larger than every substation); while the pool
 * is overfull, load is cut from the session that ends latest, a part of it where a part is enough: whatever
 * comes later, the one that ends earlier leaves more room for it. A fractional form of Faigle and Nawijn,
 * "Note on scheduling intervals on-line", Discrete Applied Mathematics 58, 1995. O(n log n).
 *
 * @param demands in any order
 * @param capacitiesKw of the substations
 */
export function acceptedLoadBound(demands: readonly Demand[], capacitiesKw: readonly number[]): number {
  const capacity = capacitiesKw.reduce((sum, kw) => sum + kw, 0);
  const largest = Math.max(0, ...capacitiesKw);
  const arrivals = demands.filter(({ kw }) => kw <= largest).sort((a, b) => a.startsAt - b.startsAt);
  const endingFirst = new TinyQueue<Kept>([], (a, b) => a.endsAt - b.endsAt);
  // Sessions that have ended stay in here, below all that have not, and are never reached.
  const endingLast = new TinyQueue<Kept>([], (a, b) => b.endsAt - a.endsAt);
  let load = 0;
  let accepted = 0;
  for (const demand of arrivals) {
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
      // What floating point leaves over the capacity is too little to cut.
      if (cut <= Number.EPSILON * capacity) break;
    }
  }
  return accepted;
}
