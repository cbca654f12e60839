import { createHttpClient, type ServiceTls } from '@gridclock/service-kit';
import { z } from 'zod';
import { clockSchema } from '../../messages/clock.ts';
import type { TracePage } from '../../trace/event-trace.ts';

/** Reads the page of one node's events that follow event number `after`; undefined when the node does not respond. */
export type TraceReader = (after: number) => Promise<TracePage | undefined>;

/** In milliseconds. Local nodes respond within milliseconds; a paused node must not delay reading from the others. */
const TIMEOUT_MS = 2_000;

const natural = z.int().min(0);
const dot = z.object({ node: z.string(), counter: natural });
const writeSummary = dot.extend({ key: z.string(), value: z.string() });
const batch = { writes: z.array(writeSummary), count: natural };
const common = { host: z.string(), at: z.number(), clock: clockSchema };
const action = z.enum(['hold', 'drop', 'duplicate', 'reorder', 'delay', 'cut']);
const fault = { ...common, kind: z.literal('fault'), peer: z.string() };

const event = z.union([
  z.object({ ...common, kind: z.literal('start') }),
  z.object({ ...common, kind: z.literal('snapshot') }),
  z.object({ ...common, kind: z.enum(['write', 'deliver', 'refuse']), write: writeSummary }),
  z.object({ ...common, kind: z.literal('buffer'), write: writeSummary, missing: dot }),
  z.object({ ...common, kind: z.literal('send'), to: z.string(), ...batch }),
  z.object({ ...common, kind: z.literal('receive'), from: dot.optional(), ...batch }),
  z.object({ ...fault, phase: z.literal('begin'), action }),
  z.object({ ...fault, phase: z.literal('end') }),
  z.object({ ...fault, phase: z.literal('affect'), action, ...batch }),
]);

/** The body of `GET /trace`. */
export const tracePageSchema: z.ZodType<TracePage> = z.object({
  host: z.string(),
  clock: clockSchema,
  pruned: natural,
  last: natural,
  events: z.array(event),
});

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
