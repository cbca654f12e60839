import { at, type Policy } from './policy.ts';

/** Chooses uniformly at random: the baseline for the other policies. */
export const randomChoice = (): Policy => (fitting, random) =>
  at(fitting, Math.floor(random() * fitting.length));
