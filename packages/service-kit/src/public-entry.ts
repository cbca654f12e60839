import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { integerVariable } from './environment.ts';
import { HttpError } from './errors.ts';

/** What a service reads that strangers may send requests to; spread into its own variables. */
export const publicEntryVariables = (usualLimitPerS: number) => ({
  /** Requests that one client address may send in any second; 0: no limit. */
  RATE_LIMIT_PER_S: integerVariable({ min: 0, max: 1_000_000 }).default(usualLimitPerS),
  /** How many proxies stand in front, each adding the address it saw to `X-Forwarded-For`; 0: that header is not believed. */
  TRUSTED_PROXIES: integerVariable({ min: 0, max: 10 }).default(0),
});

const WINDOW_MS = 1_000;

/**
 * Answers 429 with `Retry-After` to what one client address asks beyond its share of a second. An IPv6 client
 * is its /56 network. Counters are this process's own: behind n replicas the limit is n times as high.
 *
 * @param requestsPerS 0: lets everything pass
 */
export function limitRate(requestsPerS: number): RequestHandler {
  if (requestsPerS === 0) return (_request, _response, next) => next();
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: requestsPerS,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler(_request, _response, next) {
      next(new HttpError(429, 'Too many requests', { limit_per_s: requestsPerS }, { 'Retry-After': '1' }));
    },
  });
}
