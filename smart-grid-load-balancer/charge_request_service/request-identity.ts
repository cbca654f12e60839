import { type RequestHistory, requestIdSchema } from '@gridclock/grid-protocol';
import { BadRequestError, validate } from '@gridclock/service-kit';

/** The header by which clients name a request, as in the IETF's draft of that name. */
export const IDEMPOTENCY_KEY = 'Idempotency-Key';

/** Which request ids have passed here. */
export type SeenRequests = { has: (id: string) => boolean; add: (id: string) => void };

/**
 * The id under which a request is charged once only: the client's, from the header or the body, otherwise a
 * new one.
 *
 * @throws BadRequestError when the header is no id, or differs from the body's
 */
export function identify(
  header: string | undefined,
  inBody: string | undefined,
  seen: SeenRequests,
  newId: () => string,
): { request_id: string; history: RequestHistory } {
  const inHeader =
    header === undefined ? undefined : validate(requestIdSchema, unquoted(header), IDEMPOTENCY_KEY);
  if (inHeader !== undefined && inBody !== undefined && inHeader !== inBody)
    throw new BadRequestError('request_id', `differs from the header ${IDEMPOTENCY_KEY}`);
  const given = inHeader ?? inBody;
  const request_id = given ?? newId();
  const history = given === undefined ? 'new' : seen.has(given) ? 'repeated' : 'unseen';
  seen.add(request_id);
  return { request_id, history };
}

/** The draft writes the key as a quoted string; most clients do not. */
function unquoted(header: string): string {
  return /^".*"$/.test(header) ? header.slice(1, -1) : header;
}
