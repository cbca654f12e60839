import type { Recording } from '../../space-time/recording.ts';
import type { GuaranteeViolation } from '../history/session-guarantees.ts';
import type { Violation } from '../history/verdict.ts';
import type { Step } from '../scenarios/run-scenarios.ts';
import type { Property } from './properties.ts';

/** One experiment and what came of it. */
export type ProbeResult = {
  property: Property;
  summary: string;
  outcome: 'passed' | 'failed' | 'not judged';
  /** Why it failed or was not judged. */
  reason?: string;
  steps: readonly Step[];
  notes: readonly string[];
  /** What happened, for a space-time diagram. */
  recording?: Recording;
  /** The pattern that the recorded history contains. */
  violation?: Violation;
  sessionViolations?: readonly GuaranteeViolation[];
};

/** The verdict on one property: failed if one of its probes is, and not judged if none was. */
export type PropertyVerdict = {
  property: Property;
  outcome: ProbeResult['outcome'];
  probes: readonly ProbeResult[];
};

/** The verdict on a program. */
export type Judgement = {
  /** The judged command or URLs. */
  subject: string;
  profile: string;
  /** Its deviations from the contract that are no faults. */
  dialect: readonly string[];
  properties: readonly PropertyVerdict[];
  elapsedMs: number;
};

/** Sums up the results of probes by property, in the order given. */
export function sumUp(properties: readonly Property[], results: readonly ProbeResult[]): PropertyVerdict[] {
  return properties.map((property) => {
    const probes = results.filter((result) => result.property === property);
    const has = (outcome: ProbeResult['outcome']) => probes.some((probe) => probe.outcome === outcome);
    return { property, probes, outcome: has('failed') ? 'failed' : has('passed') ? 'passed' : 'not judged' };
  });
}

export function failedProperties({ properties }: Pick<Judgement, 'properties'>): Property[] {
  return properties.filter(({ outcome }) => outcome === 'failed').map(({ property }) => property);
}
