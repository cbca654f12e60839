import type { Registry } from 'prom-client';
import type { Logger } from '../process/logger.ts';
import { createRequestHistogram } from './metrics.ts';

/** Probes and scrapes come every few seconds; their log lines would hide the requests. */
const unlogged = new Set(['/health', '/ready', '/metrics']);

/** The status of a request whose client left before the response, as nginx logs it. It is never sent. */
const CLIENT_CLOSED_REQUEST = 499;

type FinishedRequest = {
  method: string;
  path: string;
  /** The pattern, not the path: a path contains keys and ids, and each would add a time series. */
  route: string;
  /** Undefined if the client left before the response. */
  status: number | undefined;
  /** By `performance.now()`. */
  startedAt: number;
  /** Returns the ids for the log line. */
  ids: () => Record<string, unknown>;
};

/** Measures a request that has ended, and logs it. */
export type RequestRecorder = (request: FinishedRequest) => void;

export function createRequestRecorder(registry: Registry, logger: Logger): RequestRecorder {
  const histogram = createRequestHistogram(registry);
  return ({ ids, method, path, route, startedAt, status = CLIENT_CLOSED_REQUEST }) => {
    const ms = performance.now() - startedAt;
    histogram.observe({ method, route, status: String(status) }, ms / 1_000);
    // Most processes log no requests; then their lines need no preparation.
    if (!logger.isLevelEnabled('debug')) return;
    if (!unlogged.has(path) || (status >= 400 && status < 500))
      logger.debug({ method, path, status, duration_ms: Math.round(ms), ...ids() }, 'request');
  };
}
