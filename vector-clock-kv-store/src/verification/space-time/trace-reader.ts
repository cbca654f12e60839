import { createHttpClient, type ServiceTls } from '@gridclock/service-kit';
import { tracePageSchema } from '../../messages/trace.ts';
import type { TracePage } from '../../trace/event-trace.ts';

/** Reads the page of one node's events that follow event number `after`; undefined when the node does not respond. */
export type TraceReader = (after: number) => Promise<TracePage | undefined>;

/** In milliseconds. Local nodes respond within milliseconds; a paused node must not delay reading from the others. */
const TIMEOUT_MS = 2_000;

/**
 * Returns a reader of a node's `GET /trace`. It rejects when the node responds but does not show a trace.
 *
 * @param token the cluster token, if the cluster has one
 */
export function traceReader(url: string, token: string | undefined, tls?: ServiceTls): TraceReader {
  const http = createHttpClient({
    baseURL: url.replace(/\/+$/, ''),
    timeoutMs: TIMEOUT_MS,
    token,
    tls: tls && { tls },
  });
  return async (since) => {
    const response = await http.get<unknown>('/trace', { params: { since } }).catch(() => undefined);
    if (response?.status === 404) throw new Error(`node at ${url} has no trace; start it with TRACE=1`);
    if (response?.status === 401)
      throw new Error(`node at ${url} requires the cluster token for its trace; pass --token`);
    return response?.status === 200 ? tracePageSchema.parse(response.data) : undefined;
  };
}
