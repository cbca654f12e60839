import { createHash } from 'node:crypto';
import { type RequestHistory, requestIdSchema } from '@gridclock/grid-protocol';
import { BadRequestError, validate } from '@gridclock/service-kit';
import type { SeenRequests } from './seen-requests.ts';

/** The request header with the client's request id (IETF draft "The Idempotency-Key HTTP Header Field"). */
export const IDEMPOTENCY_KEY = 'Idempotency-Key';

/** The same as a server reads it. */
export const IDEMPOTENCY_HEADER = IDEMPOTENCY_KEY.toLowerCase();

/**
 * Begins the ids that a charge service generates. A client knows such an id only from a response that left the outcome
 * open, whichever charge service sent it: so its request is a repetition. Other responses state `idAfterRejection`.
 */
const GENERATED = 'generated-';

/**
 * Determines the request id: the client's from the header or the body, otherwise a new one. Begins the request: call
 * `seen.end` when it has ended.
 *
 * @throws BadRequestError if the header is not a valid id or differs from the body's
 */
export function identify(
  header: string | undefined,
  idInBody: string | undefined,
  seen: SeenRequests,
  newId: () => string,
): { request_id: string; history: RequestHistory } {
  const idInHeader =
    header === undefined ? undefined : validate(requestIdSchema, unquoted(header), IDEMPOTENCY_KEY);
  if (idInHeader !== undefined && idInBody !== undefined && idInHeader !== idInBody)
    throw new BadRequestError('request_id', `differs from the header ${IDEMPOTENCY_KEY}`);
  const clientId = idInHeader ?? idInBody;
  const request_id = clientId ?? `${GENERATED}${newId()}`;
  const isSeen = seen.begin(request_id);
  const isRepeated = isSeen || request_id.startsWith(GENERATED);
  const history = clientId === undefined ? 'new' : isRepeated ? 'repeated' : 'unseen';
  return { request_id, history };
}

/**
 * The id for another try after a request that started no session for certain. It is unseen, so that no charge service
 * takes the next try for a repetition, which must wait for silent substations.
 */
export function idAfterRejection(requestId: string): string {
  return requestId.startsWith(GENERATED) ? requestId.slice(GENERATED.length) : requestId;
}

/** The draft quotes the key; most clients do not. */
function unquoted(header: string): string {
  return /^".*"$/.test(header) ? header.slice(1, -1) : header;
}

/** A vehicle id, EV_1000 to EV_9999, derived from the request id: a repeated request has the same vehicle. */
export function generatedVehicleId(requestId: string): string {
  const number = createHash('sha256').update(requestId).digest().readUInt32BE();
  return `EV_${1_000 + (number % 9_000)}`;
}
