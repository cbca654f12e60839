import {
  CAPACITY_UNKNOWN,
  type ChargeRequest,
  chargeAcceptedSchema,
  DEADLINE_EXCEEDED,
  INSUFFICIENT_CAPACITY,
  LOAD_BALANCER_UNAVAILABLE,
  NO_SUBSTATION_AVAILABLE,
  OUTCOME_UNKNOWN,
  OVERLOADED,
  SESSION_INTERRUPTED,
  STORAGE_UNAVAILABLE,
  TOO_LARGE,
} from '@gridclock/grid-protocol';
import { z } from 'zod';

/** How one charge request ended, as its sender saw it. */
export type Outcome = Accepted | Rejected | Failed | Abandoned;

/** A substation charges the vehicle. */
export type Accepted = {
  kind: 'accepted';
  sessionId: string;
  substationId: string;
  chargeKw: number;
  durationSeconds: number;
  /** Milliseconds since 1970, by the substation's clock. */
  startedAt: number;
};

/** No substation can take the vehicle now, or ever: a definite and correct response. `reason` is its `error`. */
export type Rejected = {
  kind: 'rejected';
  reason: string;
  /** Present when no substation could ever take the vehicle, even without load. */
  cause?: 'too-large';
};

/** No response, or one that is neither an acceptance nor a capacity rejection. */
export type Failed = {
  kind: 'failed';
  reason: string;
  /** Present when the response names one: part of the grid does not respond, or the session was accepted and lost. */
  cause?: FailureCause;
  /** Whether a substation may have accepted the request. */
  mayBeCharging: boolean;
  /** Present when the response reports a temporary outage: repeat the request, under this id if there is one. */
  retry?: { requestId: string | undefined };
};

/** The failures that are counted separately. */
export type FailureCause = 'capacity-unknown' | 'session-interrupted';

/** The sender cancelled the request before a response arrived. */
export type Abandoned = { kind: 'abandoned' };

/** One request of a run and its outcome. Times are in milliseconds; `startedMs` counts from the start of the run. */
export type RequestRecord = {
  request: ChargeRequest;
  startedMs: number;
  responseMs: number;
  outcome: Outcome;
};

/** The definite rejections that the API documents, with their status. */
const rejectionStatus: ReadonlyMap<string, number> = new Map<string, number>([
  [INSUFFICIENT_CAPACITY, 503],
  [TOO_LARGE, 422],
]);

/** The responses that a report counts separately, with their status. */
const failureCauses: ReadonlyMap<string, { status: number; cause: FailureCause }> = new Map<
  string,
  { status: number; cause: FailureCause }
>([
  [CAPACITY_UNKNOWN, { status: 503, cause: 'capacity-unknown' }],
  [SESSION_INTERRUPTED, { status: 410, cause: 'session-interrupted' }],
]);

const errorSchema = z.object({
  error: z.string(),
  outcome: z.string().optional(),
  request_id: z.string().optional(),
});

/** Outages in which no substation has accepted, unless the response also says `outcome: "unknown"`. */
const notCharging = new Set<string>([
  LOAD_BALANCER_UNAVAILABLE,
  NO_SUBSTATION_AVAILABLE,
  CAPACITY_UNKNOWN,
  DEADLINE_EXCEEDED,
  STORAGE_UNAVAILABLE,
  OVERLOADED,
]);

/** The outages that the API documents, with their status. */
const outageStatus: ReadonlyMap<string, number> = new Map<string, number>([
  [LOAD_BALANCER_UNAVAILABLE, 503],
  [NO_SUBSTATION_AVAILABLE, 503],
  [CAPACITY_UNKNOWN, 503],
  [DEADLINE_EXCEEDED, 503],
  [STORAGE_UNAVAILABLE, 503],
  [OVERLOADED, 503],
  [OUTCOME_UNKNOWN, 504],
]);

/** Classifies an HTTP response to a charge request. Anything but a 200 or a definite rejection is a failure. */
export function classifyResponse(status: number, body: unknown): Accepted | Rejected | Failed {
  if (status === 200) return classifyAcceptance(body);
  const { error, outcome, request_id: requestId } = errorSchema.safeParse(body).data ?? {};
  if (error !== undefined && rejectionStatus.get(error) === status)
    return { kind: 'rejected', reason: error, ...(error === TOO_LARGE ? { cause: 'too-large' } : {}) };
  const named = failureCauses.get(error ?? '');
  return {
    kind: 'failed',
    reason: error === undefined ? `HTTP ${status}` : `HTTP ${status}: ${error.slice(0, 80)}`,
    ...(named?.status === status ? { cause: named.cause } : {}),
    mayBeCharging: status >= 500 && (outcome === 'unknown' || !notCharging.has(error ?? '')),
    ...(outageStatus.get(error ?? '') === status ? { retry: { requestId } } : {}),
  };
}

function classifyAcceptance(body: unknown): Accepted | Failed {
  const { data: accepted, error } = chargeAcceptedSchema.safeParse(body);
  if (error !== undefined) {
    const reason = `HTTP 200 without a valid acceptance: ${firstIssue(error)}`;
    return { kind: 'failed', reason, mayBeCharging: true };
  }
  return {
    kind: 'accepted',
    sessionId: accepted.session_id,
    substationId: accepted.substation_id,
    chargeKw: accepted.charge_amount,
    durationSeconds: accepted.estimated_duration,
    startedAt: Date.parse(accepted.start_time),
  };
}

function firstIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (issue === undefined) return 'unreadable';
  return [issue.path.join('.'), issue.message].filter(Boolean).join(': ');
}
