import { chain } from './chain.ts';
import { concurrent } from './concurrent.ts';
import { original } from './original.ts';
import { outOfOrder } from './out-of-order.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario, from the simplest to the most involved. */
export const scenarios: readonly Scenario[] = [original, outOfOrder, concurrent, chain];
