import { z } from 'zod';
import type { NodeId } from '../causality/node-id.ts';
import { counterOf, type VectorClock } from '../causality/vector-clock.ts';
import { clockSchema, nodeIdSchema } from '../messages.ts';

/** Carries the sender's event clock on `/replicate`. Whoever does not know it may leave it out or ignore it. */
export const EVENT_HEADER = 'x-gridclock-event';

/** The event that a message left with. */
export type TraceContext = { host: NodeId; clock: VectorClock };

/** In characters. Node.js takes headers of 16 KiB in all; a clock of hundreds of restarts must not stop replication. */
const MAX_CONTEXT_LENGTH = 8 * 1024;

const contextSchema = z
  .object({ host: nodeIdSchema, clock: clockSchema })
  .refine(({ host, clock }) => counterOf(clock, host) > 0);

/** @returns the header's value; undefined when it would be too long, and the message goes without */
export function formatTraceContext(stamp: TraceContext): string | undefined {
  const text = JSON.stringify(stamp);
  return text.length > MAX_CONTEXT_LENGTH ? undefined : text;
}

/** @returns undefined for what is absent or is not a stamp: a message is good without one */
export function parseTraceContext(text: string | undefined): TraceContext | undefined {
  if (text === undefined) return undefined;
  try {
    return contextSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
