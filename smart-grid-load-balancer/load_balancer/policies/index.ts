import { bestFit } from './best-fit.ts';
import { leastLoad } from './least-load.ts';
import { leastUtilization } from './least-utilization.ts';
import type { Policy } from './policy.ts';
import { powerOfTwo } from './power-of-two.ts';
import { randomChoice } from './random.ts';
import { roundRobin } from './round-robin.ts';

/** The values of ROUTING_POLICY. */
export const policyNames = [
  'least-load',
  'least-utilization',
  'best-fit',
  'power-of-two',
  'round-robin',
  'random',
] as const;

export type PolicyName = (typeof policyNames)[number];

const factories: Record<PolicyName, () => Policy> = {
  'least-load': leastLoad,
  'least-utilization': leastUtilization,
  'best-fit': bestFit,
  'power-of-two': powerOfTwo,
  'round-robin': roundRobin,
  random: randomChoice,
};

/** Creates a policy. Policies may keep state, so each balancer needs its own. */
export function createPolicy(name: PolicyName): Policy {
  return factories[name]();
}
