import { failedProperties, type Judgement, type ProbeResult } from '../verdict.ts';

/**
 * Returns a judgement as a value for JSON; the documents of the judges name its fields.
 *
 * @param detailsOf returns further fields of a probe
 */
export function toJson<Result extends ProbeResult>(
  judgement: Judgement<Result>,
  detailsOf: (probe: Result) => object,
): object {
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
      probes: probes.map((probe) => ({
        summary: probe.summary,
        outcome: probe.outcome,
        reason: probe.reason,
        notes: probe.notes,
        steps: probe.steps,
        ...detailsOf(probe),
      })),
    })),
  };
}
