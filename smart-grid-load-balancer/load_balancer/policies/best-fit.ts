import { available } from '../fleet/candidate.ts';
import { cheapest, type Policy } from './policy.ts';

/** Best fit (bin packing): chooses the smallest sufficient gap, which keeps large gaps for large requests. */
export const bestFit = (): Policy => (fitting, random) => cheapest(fitting, available, random);
