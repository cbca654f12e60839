import { randomUUID } from 'node:crypto';
import {
  ATTEMPTS_HEADER,
  CAPACITY_UNKNOWN,
  chargeMessageSchema,
  DEADLINE_EXCEEDED,
  DEADLINE_HEADER,
  type IdentifiedChargeRequest,
  INSUFFICIENT_CAPACITY,
  MAX_ATTEMPTS,
  NO_SUBSTATION_AVAILABLE,
  ON_CLOSE,
  OUTCOME_UNKNOWN,
  REQUEST_COPY_HEADER,
  REQUEST_HISTORY_HEADER,
  type RequestHistory,
  requestHistorySchema,
  SESSION_INTERRUPTED,
  STORAGE_UNAVAILABLE,
  TOO_LARGE,
  WITHDRAWAL_HEADER,
} from '@gridclock/grid-protocol';
import {
  BadRequestError,
  clientLeft,
  createRouter,
  credentialHash,
  remainingMs,
  validate,
} from '@gridclock/service-kit';
import type { Request, RequestHandler, Response, Router } from 'express';
import type { Placement } from '../routing/placement.ts';
import type { PlacementPipeline } from '../routing/placement-pipeline.ts';
import { RequestCopies } from '../routing/request-copies.ts';

/** 1 s: substations are polled about that often. */
const RETRY_AFTER_S = '1';

export type ChargeRoutesOptions = {
  /** Milliseconds, of the view's clock. */
  now: () => number;
  /** How long a sender waits that does not say so, in milliseconds. */
  defaultDeadlineMs: number;
};

/** `POST /route_charge`, also as `POST /assign_substation`. */
export function chargeRoutes(
  pipeline: PlacementPipeline,
  { now, defaultDeadlineMs }: ChargeRoutesOptions,
): Router {
  const routes = createRouter();
  const copies = new RequestCopies(now);
  const handler: RequestHandler = async (request, response) => {
    const { credential: sent, ...charge } = validate(chargeMessageSchema, request.body, 'body');
    const history = historyOf(request, charge.request_id);
    const isClient = request.get(REQUEST_HISTORY_HEADER) === undefined;
    const credential = isClient ? credentialOf(request, charge) : sent;
    const identified = {
      ...charge,
      request_id: charge.request_id ?? randomUUID(),
      ...(credential === undefined ? {} : { credential }),
    };
    const deadline = now() + (remainingMs(request, response, DEADLINE_HEADER) ?? defaultDeadlineMs);
    const sender = {
      deadline,
      left: clientLeft(response),
      attempts: attemptsOf(request),
      withdraws: charge.request_id === undefined || request.get(WITHDRAWAL_HEADER) === ON_CLOSE,
    };
    const placement = await copies.place(copyIdOf(request, identified), () =>
      pipeline.place(identified, history, sender),
    );
    response.set(REQUEST_COPY_HEADER, 'shared');
    // The charge service expects 409, as in earlier releases.
    sendPlacement(response, isClient ? forClient(placement) : placement, identified.request_id);
  };
  routes.post('/route_charge', handler);
  routes.post('/assign_substation', handler);
  return routes;
}

/** What stands for the credential of a client that chose the request_id. Charge services send it in their messages. */
function credentialOf(
  request: Request,
  { request_id: id }: { request_id?: string | undefined },
): string | undefined {
  return id === undefined ? undefined : credentialHash(request, id);
}

/** The id of the balancer's own message to a substation means nothing to the sender. */
function withoutId(body: unknown): unknown {
  return typeof body === 'object' && body !== null ? { ...body, request_id: undefined } : body;
}

/** A client gets the status that the IETF draft on idempotency keys names. */
function forClient(placement: Placement): Placement {
  return placement.kind === 'invalid' && placement.status === 409 ? { ...placement, status: 422 } : placement;
}

/** The whole request is part of it, so that no other request can share its placement. */
function copyIdOf(request: Request, charge: IdentifiedChargeRequest): string | undefined {
  const header = request.get(REQUEST_COPY_HEADER);
  return header === undefined || header.length > 64 ? undefined : JSON.stringify([header, charge]);
}

/** @throws BadRequestError if the header is not a number of messages */
function attemptsOf(request: Request): number | undefined {
  const header = request.get(ATTEMPTS_HEADER);
  if (header === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(header))
    throw new BadRequestError(ATTEMPTS_HEADER, 'must be a whole number from 1 up');
  return Math.min(Number(header), MAX_ATTEMPTS);
}

/** An id without a history header may have been used before. */
function historyOf(request: Request, requestId: string | undefined): RequestHistory {
  if (requestId === undefined) return 'new';
  const header = requestHistorySchema.safeParse(request.get(REQUEST_HISTORY_HEADER));
  return header.success ? header.data : 'repeated';
}

function sendPlacement(response: Response, placement: Placement, requestId: string): void {
  const { hops } = placement;
  switch (placement.kind) {
    case 'accepted':
      response.json({
        ...placement.acceptance,
        routed_by: 'load_balancer',
        // The id that GET /status uses, whatever the substation calls itself.
        substation_id: placement.member.id,
        substation_load_before: placement.loadBefore,
      });
      return;
    case 'full':
    case 'capacity-unknown': {
      const { largestCapacity, roomiest, waitedMs } = placement;
      const isUnknown = placement.kind === 'capacity-unknown';
      if (isUnknown || waitedMs !== undefined) response.set('Retry-After', RETRY_AFTER_S);
      response.status(503).json({
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
      return;
    }
    case 'too-large':
      response.status(422).json({
        error: TOO_LARGE,
        code: 'too_large_for_grid',
        field: 'charge_amount',
        largest_capacity: placement.largestCapacity,
        request_id: requestId,
      });
      return;
    case 'withdrawn':
      // Nobody receives it.
      response.end();
      return;
    case 'expired':
      response.status(503).set('Retry-After', RETRY_AFTER_S);
      response.json({ error: DEADLINE_EXCEEDED, substations_asked: hops, request_id: requestId });
      return;
    case 'unavailable':
      response.status(503).set('Retry-After', RETRY_AFTER_S);
      response.json({ error: NO_SUBSTATION_AVAILABLE, substations_asked: hops, request_id: requestId });
      return;
    case 'unknown':
      response.status(504).set('Retry-After', RETRY_AFTER_S);
      response.json({
        error: OUTCOME_UNKNOWN,
        detail: 'A substation may have accepted the request. Retry with the same request_id.',
        request_id: requestId,
        // False: the sender may still call the id unseen.
        sent: placement.sent,
        ...(placement.member === undefined ? {} : { substation_id: placement.member.id }),
      });
      return;
    case 'interrupted':
      response.status(410).json({
        error: SESSION_INTERRUPTED,
        detail: 'The substation lost its memory. Charge again under a new request_id.',
        session_id: placement.sessionId,
        substation_id: placement.member.id,
        state: 'interrupted',
        request_id: requestId,
      });
      return;
    case 'unstorable':
      response.status(503).set('Retry-After', RETRY_AFTER_S);
      response.json({
        error: STORAGE_UNAVAILABLE,
        outcome: placement.usedBefore ? 'unknown' : 'not charged',
        request_id: requestId,
      });
      return;
    case 'invalid':
      response.status(placement.status).json(withoutId(placement.body));
  }
}
