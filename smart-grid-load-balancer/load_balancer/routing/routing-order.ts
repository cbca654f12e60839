import { available, type Candidate, fits, type Policy } from '../policies/policy.ts';

/**
 * The order in which substations are asked for one request: first those where it fits by the view, as the
 * policy picks them, then the others, the most room first. The view only guides: a session may have ended
 * since the last poll, so a substation that looks full is still asked, except where the request is larger
 * than the whole substation.
 *
 * @param amount the request, in kW
 * @param random uniform in [0, 1)
 * @returns lazily, because the first is usually the last that is needed
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
