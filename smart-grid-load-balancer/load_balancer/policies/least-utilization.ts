import { lowest, type Policy } from './policy.ts';

/** Chooses the lowest load relative to capacity, so that substations of different sizes fill evenly. */
export const leastUtilization = (): Policy => lowest(({ load, capacity }) => load / capacity);
