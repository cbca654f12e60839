import { randomUUID } from 'node:crypto';
import {
  ATTEMPTS_HEADER,
  type ChargeRequest,
  chargeMessageSchema,
  DEADLINE_HEADER,
  type IdentifiedChargeRequest,
  MAX_ATTEMPTS,
  ON_CLOSE,
  REQUEST_COPY_HEADER,
  REQUEST_HISTORY_HEADER,
  type RequestHistory,
  requestHistorySchema,
  WITHDRAWAL_HEADER,
} from '@gridclock/grid-protocol';
import {
  BadRequestError,
  createRouter,
  credentialHash,
  type HotRoute,
  type JsonRequest,
  type JsonResponse,
  jsonHandler,
  remainingMs,
  validate,
} from '@gridclock/service-kit';
import type { Router } from 'express';
import type { Placement } from '../routing/placement.ts';
import type { PlacementPipeline } from '../routing/placement-pipeline.ts';
import { RequestCopies } from '../routing/request-copies.ts';
import { placementResponse } from './placement-response.ts';

export type ChargeRoutesOptions = {
  /** Milliseconds, of the view's clock. */
  now: () => number;
  /** How long a sender waits that does not say so, in milliseconds. */
  defaultDeadlineMs: number;
};

/** Places the charge of a request. */
export type ChargeOperation = (request: JsonRequest) => Promise<JsonResponse | undefined>;

/** Creates the operation of `POST /route_charge`. */
export function chargeOperation(
  pipeline: PlacementPipeline,
  { now, defaultDeadlineMs }: ChargeRoutesOptions,
): ChargeOperation {
  const copies = new RequestCopies(now);
  return async (request) => {
    const message = validate(chargeMessageSchema, request.body, 'body');
    const { request_id: given } = message;
    const history = historyOf(request, given);
    const isClient = request.header(REQUEST_HISTORY_HEADER) === undefined;
    const credential = isClient ? credentialOf(request, given) : message.credential;
    const identified = identify(message, given ?? randomUUID(), credential);
    const deadline = now() + (remainingMs(request, DEADLINE_HEADER) ?? defaultDeadlineMs);
    const copyId = copyIdOf(request, identified);
    const sender = {
      deadline,
      copyId,
      left: request.left(),
      attempts: attemptsOf(request),
      withdraws: given === undefined || request.header(WITHDRAWAL_HEADER) === ON_CLOSE,
    };
    const placement = await copies.place(copyId, () => pipeline.place(identified, history, sender));
    // The charge service expects 409, as in earlier releases.
    const response = placementResponse(isClient ? forClient(placement) : placement, identified.request_id);
    if (response === undefined) return undefined;
    const { body, headers, status } = response;
    return { status, headers: headers === undefined ? shared : { ...shared, ...headers }, body };
  };
}

/** Says that the copies of a request get one placement. */
const shared = { [REQUEST_COPY_HEADER]: 'shared' };

/** @param credential of its client, if any */
function identify(
  { charge_amount, priority, vehicle_id }: ChargeRequest,
  request_id: string,
  credential: string | undefined,
): IdentifiedChargeRequest {
  return credential === undefined
    ? { vehicle_id, charge_amount, priority, request_id }
    : { vehicle_id, charge_amount, priority, request_id, credential };
}

/** `POST /route_charge`, also as `POST /assign_substation`. */
export function chargeRoutes(charge: ChargeOperation): Router {
  const routes = createRouter();
  routes.post('/route_charge', jsonHandler(charge));
  routes.post('/assign_substation', jsonHandler(charge));
  return routes;
}

/** The ordinary case of `POST /route_charge`, for a balancer without certificates, whose checks are the app's. */
export function hotChargeRoute(charge: ChargeOperation): HotRoute {
  return {
    method: 'POST',
    path: '/route_charge',
    headers: [
      ATTEMPTS_HEADER,
      DEADLINE_HEADER,
      REQUEST_COPY_HEADER,
      REQUEST_HISTORY_HEADER,
      WITHDRAWAL_HEADER,
    ],
    serve: (request) => (request.query === '' ? charge(request) : undefined),
  };
}

/** What stands for the credential of a client that chose the request_id. Charge services send it in their messages. */
function credentialOf(request: JsonRequest, id: string | undefined): string | undefined {
  return id === undefined ? undefined : credentialHash(request.header('authorization'), id);
}

/** A client gets the status that the IETF draft on idempotency keys names. */
function forClient(placement: Placement): Placement {
  return placement.kind === 'invalid' && placement.status === 409 ? { ...placement, status: 422 } : placement;
}

/** The whole request is part of it, so that no other request can share its placement. */
function copyIdOf(request: JsonRequest, charge: IdentifiedChargeRequest): string | undefined {
  const header = request.header(REQUEST_COPY_HEADER);
  return header === undefined || header.length > 64 ? undefined : JSON.stringify([header, charge]);
}

/** @throws BadRequestError if the header is not a number of messages */
function attemptsOf(request: JsonRequest): number | undefined {
  const header = request.header(ATTEMPTS_HEADER);
  if (header === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(header))
    throw new BadRequestError(ATTEMPTS_HEADER, 'must be a whole number from 1 up');
  return Math.min(Number(header), MAX_ATTEMPTS);
}

/** An id without a history header may have been used before. */
function historyOf(request: JsonRequest, requestId: string | undefined): RequestHistory {
  if (requestId === undefined) return 'new';
  const header = requestHistorySchema.safeParse(request.header(REQUEST_HISTORY_HEADER));
  return header.success ? header.data : 'repeated';
}
