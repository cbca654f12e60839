import { lowest, type Policy } from './policy.ts';

/** Join the shortest queue: chooses the lowest load in kW. This is the contract's default. */
export const leastLoad = (): Policy => lowest(({ load }) => load);
