import { available, type Candidate, fits } from '../fleet/candidate.ts';
import type { Policy } from '../policies/policy.ts';

/**
 * Yields the substations to ask for one request, in order.
 *
 * First the candidates where the request fits by the view, in the policy's order; then the others, by decreasing
 * free capacity, because a session may have ended since the last poll. Substations whose whole capacity is too
 * small are left out. The order is lazy: usually the first candidate accepts.
 *
 * @param amount the request, in kW
 * @param random uniform in [0, 1)
 */
export function* routingOrder(
  candidates: readonly Candidate[],
  amount: number,
  policy: Policy,
  random: () => number,
): Generator<Candidate, void, undefined> {
  let fitting = candidates.filter((candidate) => fits(amount, available(candidate)));
  while (fitting.length > 0) {
    const chosen = policy(fitting, random);
    yield chosen;
    fitting = fitting.filter((candidate) => candidate !== chosen);
  }
  yield* candidates
    .filter((candidate) => !fits(amount, available(candidate)))
    .filter(({ capacity }) => capacity === 0 || fits(amount, capacity))
    .sort((a, b) => available(b) - available(a));
}
