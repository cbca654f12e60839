import {
  type ChargeRequest,
  capacityRefusalSchema,
  chargeAcceptedSchema,
  INSUFFICIENT_CAPACITY,
  LOAD_BALANCER_UNAVAILABLE,
  NO_SUBSTATION_AVAILABLE,
} from '@gridclock/grid-protocol';
import { z } from 'zod';

/** How one request ended, as its sender saw it. */
export type Outcome =
  | { kind: 'accepted'; substationId: string; chargeKw: number; durationSeconds: number }
  /** The grid is full: a definite no, and a right answer. */
  | { kind: 'rejected'; reason: string }
  /** `mayBeCharging`: no answer, or one that leaves open whether a substation has accepted. */
  | { kind: 'failed'; reason: string; mayBeCharging: boolean }
  /** Given up by this side before an answer came, because the run was interrupted. */
  | { kind: 'abandoned' };

/** One request of a run. Times are in milliseconds; `startedMs` counts from the start of the run. */
export type RequestRecord = {
  request: ChargeRequest;
  startedMs: number;
  responseMs: number;
  outcome: Outcome;
};

const errorSchema = z.object({ error: z.string(), outcome: z.string().optional() });

/** Faults that are told when no substation has been reached, unless an `outcome: "unknown"` stands beside them. */
const certainlyNowhere = new Set<string>([LOAD_BALANCER_UNAVAILABLE, NO_SUBSTATION_AVAILABLE]);

/** Only the error: what else a refusal tells differs between one substation and the whole grid. */
const refusalSchema = capacityRefusalSchema.pick({ error: true });

/** Reads an HTTP answer to a charging request: 200 accepted, a capacity 503 rejected, all else failed. */
export function readAnswer(status: number, body: unknown): Outcome {
  if (status === 200) {
    const answer = chargeAcceptedSchema.safeParse(body);
    if (!answer.success) {
      const reason = `HTTP 200 that is no acceptance: ${firstProblem(answer.error)}`;
      return { kind: 'failed', reason, mayBeCharging: true };
    }
    const { substation_id, charge_amount, estimated_duration } = answer.data;
    return {
      kind: 'accepted',
      substationId: substation_id,
      chargeKw: charge_amount,
      durationSeconds: estimated_duration,
    };
  }
  if (status === 503 && refusalSchema.safeParse(body).success) {
    return { kind: 'rejected', reason: INSUFFICIENT_CAPACITY };
  }
  const { error: said, outcome } = errorSchema.safeParse(body).data ?? {};
  return {
    kind: 'failed',
    reason: said === undefined ? `HTTP ${status}` : `HTTP ${status}: ${said.slice(0, 80)}`,
    mayBeCharging: status >= 500 && (outcome === 'unknown' || !certainlyNowhere.has(said ?? '')),
  };
}

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined
    ? 'unreadable'
    : [issue.path.join('.'), issue.message].filter(Boolean).join(': ');
}
