import { type PolicyName, policyNames } from '../../smart-grid-load-balancer/load_balancer/policies/index.ts';

/** One of the balancer's policies, or the routing of the original system. */
export type Contender = PolicyName | 'original';

export const contenders: readonly Contender[] = [...policyNames, 'original'];

/** Names for the simulation's traffic mixes, in their order. */
export const mixNames = ['small', 'all', 'rush'] as const;

export type MixName = (typeof mixNames)[number];

/** A grid, its traffic, and the decision that is shown. */
export type GridScenario = {
  /** The lesson whose text is shown. */
  lesson?: string;
  /** In kW, one for each substation. */
  capacitiesKw: readonly number[];
  policy: Contender;
  mix: MixName;
  pollMs: number;
  seed: number;
  /** The number of the decision that is shown, from 1. */
  decision: number;
};

/** The contract's three substations with the balancer's defaults. */
export const defaultGrid: GridScenario = {
  capacitiesKw: [80, 120, 100],
  policy: 'least-load',
  mix: 'all',
  pollMs: 1_000,
  seed: 1,
  decision: 1,
};

export type Range = { min: number; max: number; step: number };

/** What the sliders allow, and what a link may say. */
export const limits = {
  substations: { min: 1, max: 6, step: 1 },
  capacityKw: { min: 20, max: 300, step: 10 },
  pollMs: { min: 100, max: 10_000, step: 100 },
  seed: { min: 1, max: 9_999, step: 1 },
  decision: { min: 1, max: 9_999, step: 1 },
} as const satisfies Record<string, Range>;
