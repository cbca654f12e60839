import type { Request, Response } from 'express';
import type { Registry } from 'prom-client';
import { loggedIds } from '../problems/problem.ts';
import type { Logger } from '../process/logger.ts';
import { createRequestHistogram } from './metrics.ts';
import { onceClosed } from './response-closed.ts';

/** Probes and scrapes come every few seconds; their log lines would hide the requests. */
const unlogged = new Set(['/health', '/ready', '/metrics']);

/** The status of a request whose client left before the response, as nginx logs it. It is never sent. */
const CLIENT_CLOSED_REQUEST = 499;

/** Reports whether any of a response was sent. One that is queued behind another on its connection has no socket. */
function hasBegun({ headersSent, socket }: Response): boolean {
  return headersSent && socket !== null;
}

/** Returns a function that measures a request until its response ends, and logs it. */
export function measureRequests(
  registry: Registry,
  logger: Logger,
): (request: Request, response: Response) => void {
  const histogram = createRequestHistogram(registry);
  return (request, response) => {
    const startedAt = performance.now();
    // Routers change `request.path` on the way.
    const { method, path } = request;
    let recorded = false;
    const record = (status: number) => {
      if (recorded) return;
      recorded = true;
      const ms = performance.now() - startedAt;
      // The pattern, not the path: a path contains keys and ids, and each would add a time series.
      const pattern: unknown = request.route?.path;
      const route = typeof pattern === 'string' ? pattern : 'unmatched';
      histogram.observe({ method, route, status: String(status) }, ms / 1_000);
      // Most processes log no requests; then their lines need no preparation.
      if (!logger.isLevelEnabled('debug')) return;
      if (!unlogged.has(path) || (status >= 400 && status < 500))
        logger.debug(
          { method, path, status, duration_ms: Math.round(ms), ...loggedIds(response) },
          'request',
        );
    };
    response.on('finish', () => record(response.statusCode));
    // Follows `finish`, or comes alone when the client leaves. A stream that had begun keeps its status, as in nginx.
    onceClosed(response, () => record(hasBegun(response) ? response.statusCode : CLIENT_CLOSED_REQUEST));
  };
}
