import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { RequestCheck } from '../input/check-request.ts';

/** Identifies a request in the responses and log lines of all services that handle it. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** Short, and safe in a header, a log line and a URL: a UUID, a trace id or a ULID. */
const validId = /^[\w.:~-]{1,128}$/;

/** Gives every request an id, the caller's if it is valid, and returns it as `x-request-id`. */
export const identifyRequest: RequestCheck = (request, response) => {
  response.setHeader(REQUEST_ID_HEADER, chooseId(request.get(REQUEST_ID_HEADER)));
};

/** Returns the caller's id if it is valid, otherwise a new one. */
export function chooseId(fromCaller: string | string[] | undefined): string {
  return typeof fromCaller === 'string' && validId.test(fromCaller) ? fromCaller : randomUUID();
}

/** Returns the id of the request that a response belongs to. */
export function requestIdOf(response: ServerResponse): string {
  const id = response.getHeader(REQUEST_ID_HEADER);
  return typeof id === 'string' ? id : '';
}
