import { bestFit } from './best-fit.ts';
import { leastLoad } from './least-load.ts';
import { leastUtilization } from './least-utilization.ts';
import type { Policy } from './policy.ts';
import { powerOfTwo } from './power-of-two.ts';
import { anyByLot } from './random.ts';
import { roundRobin } from './round-robin.ts';

/** What ROUTING_POLICY may be. */
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
  random: anyByLot,
};

/** A policy with a state of its own, where it has one. */
export function createPolicy(name: PolicyName): Policy {
  return factories[name]();
}

export type { Candidate, Policy } from './policy.ts';
