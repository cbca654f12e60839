import { properties } from '../properties.ts';
import { failedProperties, type Judgement } from '../verdict.ts';

/** Returns a judgement as a value for JSON; docs/judge.md documents its fields. */
export function toJson(judgement: Judgement): object {
  return {
    subject: judgement.subject,
    profile: judgement.profile,
    right: failedProperties(judgement).length === 0,
    elapsed_ms: Math.round(judgement.elapsedMs),
    dialect: judgement.dialect,
    properties: judgement.properties.map(({ property, outcome, probes }) => ({
      property,
      claim: properties[property],
      outcome,
      probes: probes.map(
        ({ summary, outcome: ofProbe, reason, notes, steps, violation, sessionViolations }) => ({
          summary,
          outcome: ofProbe,
          reason,
          notes,
          steps,
          pattern: violation?.pattern,
          evidence: violation?.evidence,
          session_violations: sessionViolations?.map(
            ({ guarantee, explanation }) => `${guarantee}: ${explanation}`,
          ),
        }),
      ),
    })),
  };
}
