import type { IncomingMessage } from 'node:http';
import type { RequestCheck } from '../input/check-request.ts';

type HotFailure = {
  error: unknown;
  /** When the request arrived, by `performance.now()`. */
  startedAt: number;
  /** The path of the hot route. */
  route: string;
  /** Whether the request has been measured, because its client left. */
  recorded: boolean;
};

const failures = new WeakMap<IncomingMessage, HotFailure>();

/** Records why a hot route failed, before the app gets the request. */
export function recordHotFailure(request: IncomingMessage, failure: HotFailure): void {
  failures.set(request, failure);
}

/** Returns where and when a request arrived whose hot route failed; undefined for all others. */
export function hotFailureOf(request: IncomingMessage): Omit<HotFailure, 'error'> | undefined {
  return failures.get(request);
}

/**
 * Throws the error of a request that a hot route has tried to serve.
 *
 * To be mounted before everything that refuses requests: this one may have had an effect, which a refusal would deny.
 */
export const throwHotFailure: RequestCheck = (request) => {
  const failure = failures.get(request);
  if (failure !== undefined) throw failure.error;
};
