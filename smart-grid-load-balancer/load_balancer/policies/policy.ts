import type { Candidate } from '../fleet/candidate.ts';

/**
 * Chooses the substation to ask next.
 *
 * @param fitting the candidates where the request fits by the view; never empty
 * @param random uniform in [0, 1)
 */
export type Policy = {
  (fitting: readonly Candidate[], random: () => number): Candidate;
  /** What it minimizes, where it chooses the lowest of one figure. */
  cost?: (candidate: Candidate) => number;
};

/** Returns the policy that chooses the lowest cost, see {@link cheapest}. */
export function lowest(cost: (candidate: Candidate) => number): Policy {
  return Object.assign(
    (fitting: readonly Candidate[], random: () => number) => cheapest(fitting, cost, random),
    {
      cost,
    },
  );
}

/**
 * Returns the candidate with the lowest cost. Ties are broken at random, so that several balancers with the same
 * view do not all choose the same substation (herd behaviour).
 */
export function cheapest(
  candidates: readonly Candidate[],
  cost: (candidate: Candidate) => number,
  random: () => number,
): Candidate {
  let best = at(candidates, 0);
  let lowest = cost(best);
  let ties = 1;
  for (let index = 1; index < candidates.length; index += 1) {
    const candidate = at(candidates, index);
    const next = cost(candidate);
    if (next < lowest) ties = 1;
    else if (next === lowest) ties += 1;
    else continue;
    if (ties === 1 || random() * ties < 1) best = candidate;
    lowest = next;
  }
  return best;
}

/** @throws RangeError when the index is out of range, such as when there are no candidates */
export function at(candidates: readonly Candidate[], index: number): Candidate {
  const candidate = candidates[index];
  if (candidate === undefined) throw new RangeError(`no candidate ${index} among ${candidates.length}`);
  return candidate;
}
