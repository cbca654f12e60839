import { failedProperties, type Judgement } from '../kit/verdict.ts';

/** Returns a judgement as a value for JSON; docs/judge.md documents its fields. */
export function toJson(judgement: Judgement): object {
  return {
    subject: judgement.subject,
    profile: judgement.profile,
    right: failedProperties(judgement).length === 0,
    elapsed_ms: Math.round(judgement.elapsedMs),
    dialect: judgement.dialect,
    properties: judgement.properties.map(({ property, claim, outcome, probes }) => ({
      property,
      claim,
      outcome,
      probes: probes.map(({ summary, outcome: ofProbe, reason, why, notes, steps }) => ({
        summary,
        outcome: ofProbe,
        reason,
        why,
        notes,
        steps,
      })),
    })),
  };
}
