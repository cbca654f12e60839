import {
  CAPACITY_UNKNOWN,
  DEADLINE_EXCEEDED,
  INSUFFICIENT_CAPACITY,
  NO_SUBSTATION_AVAILABLE,
  OUTCOME_UNKNOWN,
  SESSION_INTERRUPTED,
  STORAGE_UNAVAILABLE,
  TOO_LARGE,
} from '@gridclock/grid-protocol';
import type { JsonResponse } from '@gridclock/service-kit';
import type { Placement } from '../routing/placement.ts';

/** 1 s: substations are polled about that often. */
const retrySoon = { 'Retry-After': '1' };

/** Returns the response to a charge request; undefined if its sender has left. */
export function placementResponse(placement: Placement, requestId: string): JsonResponse | undefined {
  const { hops } = placement;
  switch (placement.kind) {
    case 'accepted':
      return {
        status: 200,
        // Not spread with members after it, which takes V8 as long as all else here, and JSON.stringify then too.
        body: Object.assign({}, placement.acceptance, {
          routed_by: 'load_balancer',
          // The id that GET /status uses, whatever the substation calls itself.
          substation_id: placement.member.id,
          substation_load_before: placement.loadBefore,
        }),
      };
    case 'full':
    case 'capacity-unknown': {
      const { largestCapacity, roomiest, waitedMs } = placement;
      const isUnknown = placement.kind === 'capacity-unknown';
      return refused(isUnknown || waitedMs !== undefined, {
        error: isUnknown ? CAPACITY_UNKNOWN : INSUFFICIENT_CAPACITY,
        // Of the substation with the most free capacity: a request of this size would have fitted.
        current_load: roomiest.load,
        max_capacity: roomiest.capacity,
        available_capacity: roomiest.available,
        largest_capacity: largestCapacity,
        substations_asked: hops,
        request_id: requestId,
        ...(waitedMs === undefined ? {} : { waited_ms: Math.round(waitedMs) }),
        ...(placement.displaced ? { displaced: true } : {}),
        ...(isUnknown ? { unknown_substations: placement.unknown } : {}),
      });
    }
    case 'too-large':
      return {
        status: 422,
        body: {
          error: TOO_LARGE,
          code: 'too_large_for_grid',
          field: 'charge_amount',
          largest_capacity: placement.largestCapacity,
          request_id: requestId,
        },
      };
    case 'withdrawn':
      // Nobody receives one.
      return undefined;
    case 'expired':
      return refused(true, { error: DEADLINE_EXCEEDED, substations_asked: hops, request_id: requestId });
    case 'unavailable':
      return refused(true, {
        error: NO_SUBSTATION_AVAILABLE,
        substations_asked: hops,
        request_id: requestId,
      });
    case 'unknown':
      return {
        status: 504,
        headers: retrySoon,
        body: {
          error: OUTCOME_UNKNOWN,
          detail: 'A substation may have accepted the request. Retry with the same request_id.',
          request_id: requestId,
          // False: the sender may still call the id unseen.
          sent: placement.sent,
          ...(placement.member === undefined ? {} : { substation_id: placement.member.id }),
        },
      };
    case 'interrupted':
      return {
        status: 410,
        body: {
          error: SESSION_INTERRUPTED,
          detail: 'The substation lost its memory. Charge again under a new request_id.',
          session_id: placement.sessionId,
          substation_id: placement.member.id,
          state: 'interrupted',
          request_id: requestId,
        },
      };
    case 'unstorable':
      return refused(true, {
        error: STORAGE_UNAVAILABLE,
        outcome: placement.usedBefore ? 'unknown' : 'not charged',
        request_id: requestId,
      });
    case 'invalid':
      return { status: placement.status, body: withoutId(placement.body) };
  }
}

/** @param mayFitSoon whether the sender should try again */
function refused(mayFitSoon: boolean, body: object): JsonResponse {
  return { status: 503, ...(mayFitSoon ? { headers: retrySoon } : {}), body };
}

/** The id of the balancer's own message to a substation means nothing to the sender. */
function withoutId(body: unknown): unknown {
  return typeof body === 'object' && body !== null ? { ...body, request_id: undefined } : body;
}
