import { cheapest, type Policy } from './policy.ts';

/** The lowest load in kW: what the contract asks for. */
export const leastLoad = (): Policy => (fitting, random) => cheapest(fitting, ({ load }) => load, random);
