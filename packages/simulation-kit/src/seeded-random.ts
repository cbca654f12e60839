import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';

/** A random number generator with a seed. The same seed gives the same numbers on every machine. */
export class SeededRandom {
  readonly #next: () => number;

  /** @param seed an integer; only its low 32 bits count */
  constructor(seed: number) {
    // Faster generators give similar first numbers for neighbouring seeds; the Mersenne Twister does not.
    const generator = mersenne(seed);
    this.#next = () => uniformFloat64(generator);
  }

  /** Uniform in [0, 1). */
  fraction(): number {
    return this.#next();
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  /** Uniform in [min, max). */
  between(min: number, max: number): number {
    return min + this.#next() * (max - min);
  }

  /** A uniform integer from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.#next() * (max - min + 1));
  }

  /**
   * One of the choices, all equally likely.
   *
   * @throws RangeError when there are none
   */
  pick<Choice>(choices: readonly Choice[]): Choice {
    for (const choice of choices.slice(Math.floor(this.#next() * choices.length))) return choice;
    throw new RangeError('cannot pick from an empty list');
  }

  /** An independent generator: how many numbers it draws does not affect this one. */
  fork(): SeededRandom {
    return new SeededRandom(Math.floor(this.#next() * 2 ** 32));
  }
}
