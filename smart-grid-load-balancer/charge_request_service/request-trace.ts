import {
  CAPACITY_UNKNOWN,
  DEADLINE_EXCEEDED,
  INSUFFICIENT_CAPACITY,
  NO_SUBSTATION_AVAILABLE,
  OUTCOME_UNKNOWN,
  OVERLOADED,
  type RequestHistory,
} from '@gridclock/grid-protocol';
import { z } from 'zod';
import type { BalancerResponse } from './balancer-result.ts';
import type { RequestTrace } from './seen-requests.ts';

const outcomeUnknownSchema = z.looseObject({
  error: z.literal(OUTCOME_UNKNOWN),
  sent: z.boolean().default(true),
});

const rejectionSchema = z.looseObject({
  error: z.enum([
    INSUFFICIENT_CAPACITY,
    CAPACITY_UNKNOWN,
    NO_SUBSTATION_AVAILABLE,
    DEADLINE_EXCEEDED,
    OVERLOADED,
  ]),
});

/** What a response says that the request has left behind. */
export function traceOf(response: BalancerResponse, history: RequestHistory): RequestTrace {
  // Nearly all of them, and a schema that does not match takes longer than the rest of a small request.
  if (response.status < 400) return 'session';
  if (isDefiniteNo(response)) return 'nothing';
  const unknown = outcomeUnknownSchema.safeParse(response.body).data;
  // While the balancer has only looked the request up, no substation has seen it.
  return unknown === undefined || unknown.sent || history === 'repeated' ? 'session' : 'nothing-sent';
}

/** Whether the balancer rejected a request for certain. A 409 shows that another request has used the id. */
function isDefiniteNo({ body, status }: BalancerResponse): boolean {
  if (status >= 400 && status < 500) return status !== 409;
  return status === 503 && rejectionSchema.safeParse(body).success;
}
