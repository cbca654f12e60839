import { at, type Policy } from './policy.ts';

/** Any, by lot: the yardstick for the others. */
export const anyByLot = (): Policy => (fitting, random) => at(fitting, Math.floor(random() * fitting.length));
