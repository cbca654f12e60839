import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';

/** A source of chance: numbers from 0 (included) to 1 (excluded). */
export type Random = () => number;

/**
 * The same seed gives the same numbers, on every machine and every version of Node.js.
 *
 * @param seed a whole number; its low 32 bits count. Neighbouring seeds give unlike numbers from the first
 *   on, which is why this is the Mersenne Twister: faster generators start alike.
 */
export function seededRandom(seed: number): Random {
  const generator = mersenne(seed);
  return () => uniformFloat64(generator);
}

/** One of the choices, each as likely as the others. */
export function pick<Choice>(choices: readonly [Choice, ...Choice[]], random: Random): Choice {
  return choices[Math.floor(random() * choices.length)] ?? choices[0];
}

/** A whole number from `min` to `max`, both included. */
export function wholeBetween(min: number, max: number, random: Random): number {
  return min + Math.floor(random() * (max - min + 1));
}
