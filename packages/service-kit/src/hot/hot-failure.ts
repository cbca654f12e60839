import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';

type HotFailure = { error: unknown; startedAt: number };

const failures = new WeakMap<IncomingMessage, HotFailure>();

/** Records why a hot route failed, before the app gets the request. @param startedAt by `performance.now()` */
export function recordHotFailure(request: IncomingMessage, error: unknown, startedAt: number): void {
  failures.set(request, { error, startedAt });
}

/** Returns when a request arrived whose hot route failed; undefined for all others. */
export function hotStartOf(request: IncomingMessage): number | undefined {
  return failures.get(request)?.startedAt;
}

/** Throws the error of a request that a hot route has tried to serve: the first handler of the route in the app. */
export const throwHotFailure: RequestHandler = (request, _response, next) => {
  const failure = failures.get(request);
  if (failure !== undefined) throw failure.error;
  next();
};
