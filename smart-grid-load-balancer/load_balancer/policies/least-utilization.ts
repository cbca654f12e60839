import { cheapest, type Policy } from './policy.ts';

/** The lowest share of the capacity in use: substations of different size fill evenly. */
export const leastUtilization = (): Policy => (fitting, random) =>
  cheapest(fitting, ({ load, capacity }) => load / capacity, random);
