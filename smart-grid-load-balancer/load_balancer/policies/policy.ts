/** A substation as routing sees it. Powers in kW. */
export type Candidate = {
  readonly id: string;
  /** Polled load plus what this balancer has sent since. */
  readonly load: number;
  /** What the request at hand may fill; 0 while nothing is known of the substation. */
  readonly capacity: number;
};

/**
 * Picks the substation to ask next.
 *
 * @param fitting those with room for the request by the view; never empty
 * @param random uniform in [0, 1)
 */
export type Policy = (fitting: readonly Candidate[], random: () => number) => Candidate;

/** What is free by the view, in kW; negative where the view overestimates the load. */
export function available(candidate: Candidate): number {
  return candidate.capacity - candidate.load;
}

/** In kW. Substations count in whole milliwatts: half of one is what binary fractions leave of 80 - 79.9 - 0.1. */
const ROUNDING_KW = 0.5e-6;

/** Whether a request of so many kW fits into so many. */
export function fits(amount: number, room: number): boolean {
  return amount - room < ROUNDING_KW;
}

/** The candidate of least cost. Equals are drawn by lot, so that balancers side by side do not flock. */
export function cheapest(
  candidates: readonly Candidate[],
  cost: (candidate: Candidate) => number,
  random: () => number,
): Candidate {
  let best = at(candidates, 0);
  let lowest = cost(best);
  let equals = 1;
  for (const candidate of candidates.slice(1)) {
    const next = cost(candidate);
    if (next < lowest) equals = 1;
    else if (next === lowest) equals += 1;
    else continue;
    if (equals === 1 || random() * equals < 1) best = candidate;
    lowest = next;
  }
  return best;
}

/** @throws RangeError where there is no such candidate: a policy was asked to pick from nothing. */
export function at(candidates: readonly Candidate[], index: number): Candidate {
  const candidate = candidates[index];
  if (candidate === undefined) throw new RangeError(`no candidate ${index} among ${candidates.length}`);
  return candidate;
}
