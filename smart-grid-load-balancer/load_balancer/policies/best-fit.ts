import { available, cheapest, type Policy } from './policy.ts';

/** The least room that is enough: large gaps are kept for large requests. */
export const bestFit = (): Policy => (fitting, random) => cheapest(fitting, available, random);
