import type { Response } from 'express';
import type { RequestCheck } from '../input/check-request.ts';
import { BadRequestError } from '../problems/errors.ts';
import type { JsonRequest } from './json-request.ts';

const RECEIVED_AT = 'receivedAt';

/** 5 minutes: no service here waits longer for another. */
const MAX_DEADLINE_MS = 300_000;

/** Records when a request arrived. Must come before the body is read, which may take long. */
export const recordArrival: RequestCheck = (_request, response) => {
  response.locals[RECEIVED_AT] = performance.now();
};

/** Returns when the request of a response arrived, by `performance.now()`. */
export function arrivalOf(response: Response): number {
  const receivedAt: unknown = response.locals[RECEIVED_AT];
  return typeof receivedAt === 'number' ? receivedAt : performance.now();
}

/**
 * Returns how long the sender still waits for the response, in milliseconds, by the header that says how long it
 * waits from the arrival of the request. Negative once it has given up; undefined without the header.
 *
 * @throws BadRequestError if the header is not a whole number of milliseconds
 */
export function remainingMs(
  { header, receivedAt }: Pick<JsonRequest, 'header' | 'receivedAt'>,
  name: string,
): number | undefined {
  const value = header(name);
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value)) throw new BadRequestError(name, 'must be a whole number of milliseconds');
  return Math.min(Number(value), MAX_DEADLINE_MS) - (performance.now() - receivedAt);
}
