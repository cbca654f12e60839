import { LOAD_BALANCER_UNAVAILABLE, REQUEST_ID_REUSED } from '@gridclock/grid-protocol';
import type { JsonResponse, Logger } from '@gridclock/service-kit';
import { z } from 'zod';
import type { BalancerResult } from './balancer-result.ts';

const reusedSchema = z.looseObject({ error: z.literal(REQUEST_ID_REUSED) });

/** Returns what the client gets of the balancer's response, or a 503 if there is none. */
export function relayedResponse(result: BalancerResult, logger: Logger, request_id?: string): JsonResponse {
  if ('unreachable' in result) {
    logger.error({ reason: result.reason, request_id }, 'load balancer unavailable');
    return {
      status: 503,
      headers: { 'Retry-After': '1' },
      body: {
        error: LOAD_BALANCER_UNAVAILABLE,
        // If the outcome is unknown, only a repetition with the same id is safe.
        ...(request_id === undefined
          ? {}
          : { outcome: result.mayHaveActed ? 'unknown' : 'not charged', request_id }),
      },
    };
  }
  const { body, retryAfter, status } = result;
  const headers: Record<string, string> = {};
  if (retryAfter !== undefined) headers['Retry-After'] = retryAfter;
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer';
  const reused = status === 409 ? reusedSchema.safeParse(body).data : undefined;
  // The status that the IETF draft on idempotency keys names. Balancers send 409, as in earlier releases.
  if (reused !== undefined)
    return { status: 422, headers, body: { ...reused, code: 'idempotency_key_reused' } };
  return { status, headers, body };
}
