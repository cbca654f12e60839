import { at, cheapest, type Policy } from './policy.ts';

/**
 * Two by lot, and of these the lower load (Mitzenmacher, "The Power of Two Choices in Randomized Load
 * Balancing", IEEE TPDS 2001): nearly as even as the lowest of all, and many balancers do not flock.
 */
export const powerOfTwo = (): Policy => (fitting, random) => {
  const first = Math.floor(random() * fitting.length);
  if (fitting.length === 1) return at(fitting, first);
  // Among the others: one less to draw from, and those behind the first move up.
  const drawn = Math.floor(random() * (fitting.length - 1));
  const second = drawn < first ? drawn : drawn + 1;
  return cheapest([at(fitting, first), at(fitting, second)], ({ load }) => load, random);
};
