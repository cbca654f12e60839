import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { HttpError } from '../problems/errors.ts';
import { integerVariable } from '../process/environment.ts';

/** The variables of a service that limits its clients; spread into the service's own. */
export const rateLimitVariables = (defaultLimitPerS: number) => ({
  /** The maximum number of requests per second and client address; 0: no limit. */
  RATE_LIMIT_PER_S: integerVariable({ min: 0, max: 1_000_000 }).default(defaultLimitPerS),
  /** The number of proxies in front that append to `X-Forwarded-For`; 0: the header is ignored. */
  TRUSTED_PROXIES: integerVariable({ min: 0, max: 10 }).default(0),
});

const WINDOW_MS = 1_000;

/**
 * Limits the requests per second and client address; an IPv6 client is its /56 network. Excess requests get
 * 429 with `Retry-After`. Each process counts separately: n replicas allow n times the limit.
 *
 * @param requestsPerS 0: no limit
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
