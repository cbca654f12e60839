import { type ChargeRequest, capacityRefusalSchema, chargeAcceptedSchema } from '@gridclock/grid-protocol';
import { z } from 'zod';

/** How one request ended, as its sender saw it. */
export type Outcome =
  | { kind: 'accepted'; substationId: string; chargeKw: number; durationSeconds: number }
  /** The grid is full: a definite no, and a right answer. */
  | { kind: 'rejected'; reason: string }
  | { kind: 'failed'; reason: string }
  /** Given up by this side before an answer came, because the run was interrupted. */
  | { kind: 'abandoned' };

/** One request of a run. Times are in milliseconds; `startedMs` counts from the start of the run. */
export type RequestRecord = {
  request: ChargeRequest;
  startedMs: number;
  responseMs: number;
  outcome: Outcome;
};

const errorSchema = z.object({ error: z.string() });

/** Only the error: what else a refusal tells differs between one substation and the whole grid. */
const refusalSchema = capacityRefusalSchema.pick({ error: true });

/** Reads an HTTP answer to a charging request: 200 accepted, a capacity 503 rejected, all else failed. */
export function readAnswer(status: number, body: unknown): Outcome {
  if (status === 200) {
    const answer = chargeAcceptedSchema.safeParse(body);
    if (!answer.success)
      return { kind: 'failed', reason: `HTTP 200 that is no acceptance: ${firstProblem(answer.error)}` };
    const { substation_id, charge_amount, estimated_duration } = answer.data;
    return {
      kind: 'accepted',
      substationId: substation_id,
      chargeKw: charge_amount,
      durationSeconds: estimated_duration,
    };
  }
  if (status === 503 && refusalSchema.safeParse(body).success) {
    return { kind: 'rejected', reason: 'Insufficient capacity' };
  }
  const said = errorSchema.safeParse(body);
  return {
    kind: 'failed',
    reason: said.success ? `HTTP ${status}: ${said.data.error.slice(0, 80)}` : `HTTP ${status}`,
  };
}

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined
    ? 'unreadable'
    : [issue.path.join('.'), issue.message].filter(Boolean).join(': ');
}
