import type { RequestHandler } from 'express';
import { ipKeyGenerator, MemoryStore, rateLimit } from 'express-rate-limit';
import type { HotLimit } from '../hot/hot-route.ts';
import { HttpError } from '../problems/errors.ts';
import { integerVariable } from '../process/environment.ts';
import { ClientPartitions } from './client-partitions.ts';

/** The variables of a service that limits its clients; spread into the service's own. */
export const rateLimitVariables = (defaultLimitPerS: number) => ({
  /** The maximum number of requests per second and client address; 0: no limit. */
  RATE_LIMIT_PER_S: integerVariable({ min: 0, max: 1_000_000 }).default(defaultLimitPerS),
  /** The number of proxies in front that append to `X-Forwarded-For`; 0: the header is ignored. */
  TRUSTED_PROXIES: integerVariable({ min: 0, max: 10 }).default(0),
});

export type RateLimit = {
  /** Counts a request, and refuses it beyond the limit. */
  check: RequestHandler;
  /** Counts the requests of hot routes on the same counters; undefined if there is no limit. */
  hot: HotLimit | undefined;
};

const WINDOW_MS = 1_000;

/**
 * Limits the requests per second and client address; an IPv6 client is its /56 network. Excess requests get
 * 429 with `Retry-After`. Each process counts separately: n replicas allow n times the limit.
 *
 * @param requestsPerS 0: no limit
 */
export function limitRate(requestsPerS: number): RateLimit {
  if (requestsPerS === 0) return { check: (_request, _response, next) => next(), hot: undefined };
  const store = new MemoryStore();
  const identifier = `${requestsPerS}-in-1sec`;
  const check = rateLimit({
    windowMs: WINDOW_MS,
    limit: requestsPerS,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier,
    store,
    handler(_request, _response, next) {
      next(new HttpError(429, 'Too many requests', { limit_per_s: requestsPerS }, { 'Retry-After': '1' }));
    },
  });
  return { check, hot: hotLimit(store, requestsPerS, identifier) };
}

/** Reads and writes the counters of the app's limit at once: its own handler takes several turns of the microtask queue. */
function hotLimit(store: MemoryStore, limit: number, identifier: string): HotLimit {
  const partitions = new ClientPartitions(ipKeyGenerator);
  const policy = `"${identifier}"; q=${limit}; w=${WINDOW_MS / 1_000}`;
  const counterOf = (key: string) => store.current.get(key) ?? store.previous.get(key);
  return (address) => {
    const { key, partition } = partitions.of(address);
    const before = counterOf(key);
    if (before !== undefined && before.totalHits >= limit && before.resetTime.getTime() > Date.now())
      return undefined;
    return () => {
      // It counts before it returns its promise.
      void store.increment(key);
      const { resetTime, totalHits } = counterOf(key) ?? { totalHits: 1, resetTime: undefined };
      const leftMs = resetTime === undefined ? WINDOW_MS : resetTime.getTime() - Date.now();
      const leftS = Math.max(0, Math.ceil(leftMs / 1_000));
      return {
        RateLimit: `"${identifier}"; r=${Math.max(limit - totalHits, 0)}; t=${leftS}`,
        'RateLimit-Policy': `${policy}; pk=:${partition}:`,
      };
    };
  };
}
