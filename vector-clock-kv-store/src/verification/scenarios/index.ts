import { chain } from './chain.ts';
import { concurrent } from './concurrent.ts';
import { original } from './original.ts';
import { outOfOrder } from './out-of-order.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario, in the order in which they tell the story. */
export const scenarios: readonly Scenario[] = [original, outOfOrder, concurrent, chain];
