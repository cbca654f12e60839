import { at, cheapest, type Policy } from './policy.ts';

/**
 * Draws two candidates at random and chooses the one with the lower load. Nearly as even as the lowest load of
 * all, without herd behaviour among several balancers.
 *
 * M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001.
 */
export const powerOfTwo = (): Policy => (fitting, random) => {
  const first = Math.floor(random() * fitting.length);
  if (fitting.length === 1) return at(fitting, first);
  // Drawn from the others: indices from `first` on move up by one.
  const drawn = Math.floor(random() * (fitting.length - 1));
  const second = drawn < first ? drawn : drawn + 1;
  return cheapest([at(fitting, first), at(fitting, second)], ({ load }) => load, random);
};
