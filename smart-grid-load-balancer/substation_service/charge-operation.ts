import type { TableJournal } from '@gridclock/durable-tables';
import {
  type ChargeAccepted,
  DEADLINE_EXCEEDED,
  DEADLINE_HEADER,
  DRAINING,
  REPLAYED_HEADER,
  REQUEST_ID_REUSED,
  SUPERSEDED,
  type SubstationChargeRequest,
  substationChargeRequestSchema,
} from '@gridclock/grid-protocol';
import {
  credentialHash,
  type HotRoute,
  HttpError,
  type JsonRequest,
  type JsonResponse,
  remainingMs,
  validate,
} from '@gridclock/service-kit';
import type { ChargeDecision } from './charge-decision.ts';
import { storageUnavailable } from './session-routes.ts';
import type { SessionTimers } from './session-timers.ts';
import type { Substation } from './substation.ts';

type Journal = Pick<TableJournal, 'flushed' | 'failure'>;

/** `POST /charge`. No response promises what is not on disk. */
export type ChargeOperation = (request: JsonRequest) => Promise<JsonResponse>;

/** Creates the operation of `POST /charge`. */
export function chargeOperation(timers: SessionTimers, journal: Journal): ChargeOperation {
  const { substation } = timers;
  return async (request) => {
    const message = validate(substationChargeRequestSchema, request.body, 'body');
    const charge = isFromClient(message) ? withCredential(message, request) : message;
    const leftMs = remainingMs(request, DEADLINE_HEADER) ?? Number.POSITIVE_INFINITY;
    // The sender has given up or left, so that no one would hear of a new session.
    if ((leftMs <= 0 || request.hasLeft()) && !isKnown(substation, charge)) {
      if (journal.failure === undefined) await journal.flushed().catch(() => {});
      return { status: 503, body: { error: DEADLINE_EXCEEDED, substation_id: substation.id } };
    }
    const decision = timers.charge(charge);
    try {
      // While the disk fails, nothing is accepted, and what is answered was stored before.
      if (journal.failure === undefined) await journal.flushed();
    } catch (error) {
      if (decision.kind === 'accepted') timers.withdraw(decision.response.session_id);
      throw storageUnavailable(error);
    }
    if (decision.kind === 'conflict' && isFromClient(charge)) throw requestIdReused(422);
    return responseTo(decision, substation, journal);
  };
}

/** The ordinary case of `POST /charge`, for a substation without certificates, whose checks are the app's. */
export function hotChargeRoute(charge: ChargeOperation): HotRoute {
  return {
    method: 'POST',
    path: '/charge',
    headers: [DEADLINE_HEADER],
    serve: (request) => (request.query === '' ? charge(request) : undefined),
  };
}

/** Whether the request was accepted before. If not, rejects this and all earlier messages about it from now on. */
function isKnown(substation: Substation, { request_id, dispatch }: SubstationChargeRequest): boolean {
  if (request_id === undefined || dispatch === undefined) return false;
  return substation.lookup({ request_id, dispatch }) !== undefined;
}

/** A balancer numbers its messages. */
function isFromClient({ dispatch }: SubstationChargeRequest): boolean {
  return dispatch === undefined;
}

/** Adds what stands for the credential of the client that chose the request_id. */
function withCredential(
  { credential: _, ...charge }: SubstationChargeRequest,
  request: JsonRequest,
): SubstationChargeRequest {
  const credential =
    charge.request_id === undefined
      ? undefined
      : credentialHash(request.header('authorization'), charge.request_id);
  return credential === undefined ? charge : { ...charge, credential };
}

function requestIdReused(status: number): HttpError {
  return new HttpError(status, REQUEST_ID_REUSED, { code: 'idempotency_key_reused', field: 'request_id' });
}

function responseTo(
  decision: ChargeDecision,
  substation: Substation,
  { failure }: Pick<Journal, 'failure'>,
): JsonResponse {
  switch (decision.kind) {
    case 'accepted':
      return { status: 200, body: withSecret(decision) };
    case 'replayed':
      return { status: 200, headers: { [REPLAYED_HEADER]: 'true' }, body: withSecret(decision) };
    case 'full':
      // Not thrown: a full substation is normal, and every thrown 5xx logs a line.
      return { status: 503, body: decision.refusal };
    case 'draining':
      return { status: 503, body: { error: DRAINING, substation_id: substation.id } };
    case 'unstorable':
      throw storageUnavailable(failure);
    case 'conflict':
      // What balancers of earlier releases expect.
      throw requestIdReused(409);
    case 'superseded':
      throw new HttpError(409, SUPERSEDED);
  }
}

function withSecret({
  response,
  secret,
}: {
  response: ChargeAccepted;
  secret?: string | undefined;
}): ChargeAccepted {
  // Not spread: V8 takes several times as long for a literal with members after a spread, and to stringify it.
  return secret === undefined ? response : Object.assign({}, response, { session_secret: secret });
}
