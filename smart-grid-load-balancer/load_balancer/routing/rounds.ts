/**
 * Numbers for rounds of dispatching: larger with every call, and larger than those of an earlier process on
 * this machine, because they follow its clock. Two balancers draw the same number only within the same
 * millisecond and by a chance of one in a thousand.
 *
 * @param now milliseconds since 1970
 * @param random uniform in [0, 1)
 */
export function createRounds(now: () => number, random: () => number): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, now() * 1000 + Math.floor(random() * 1000));
    return last;
  };
}
