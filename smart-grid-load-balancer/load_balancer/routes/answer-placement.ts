import { INSUFFICIENT_CAPACITY, NO_SUBSTATION_AVAILABLE, OUTCOME_UNKNOWN } from '@gridclock/grid-protocol';
import type { Response } from 'express';
import type { Placement } from '../routing/placement.ts';

/** When to ask again after an answer that is not final, in seconds: a substation is polled about that often. */
const RETRY_AFTER_S = '1';

/** Turns what became of a request into the HTTP answer. Refusals are answers, not errors: none is thrown. */
export function answerPlacement(response: Response, placement: Placement, requestId: string): void {
  const { hops } = placement;
  switch (placement.kind) {
    case 'accepted': {
      const { answer, loadBefore, member } = placement;
      response.json({
        ...answer,
        routed_by: 'load_balancer',
        // By the name that /status uses, whatever it calls itself.
        substation_id: member.id,
        substation_load_before: loadBefore,
      });
      return;
    }
    case 'full': {
      const { largest, roomiest, waitedMs } = placement;
      if (waitedMs !== undefined) response.set('Retry-After', RETRY_AFTER_S);
      response.status(503).json({
        error: INSUFFICIENT_CAPACITY,
        // Of the substation with the most room: what would have fitted.
        current_load: roomiest.load,
        max_capacity: roomiest.capacity,
        available_capacity: roomiest.available,
        largest_capacity: largest,
        substations_asked: hops,
        request_id: requestId,
        ...(waitedMs === undefined ? {} : { waited_ms: Math.round(waitedMs) }),
      });
      return;
    }
    case 'unavailable':
      response.status(503).set('Retry-After', RETRY_AFTER_S);
      response.json({ error: NO_SUBSTATION_AVAILABLE, substations_asked: hops, request_id: requestId });
      return;
    case 'unknown':
      response.status(504).set('Retry-After', RETRY_AFTER_S);
      response.json({
        error: OUTCOME_UNKNOWN,
        detail: 'A substation may have accepted. Ask again with the same request_id.',
        request_id: requestId,
        // False tells the sender that it may still call the id unseen.
        sent: placement.sent,
        ...(placement.member === undefined ? {} : { substation_id: placement.member.id }),
      });
      return;
    case 'rejected':
      response.status(placement.status).json(placement.body);
  }
}
