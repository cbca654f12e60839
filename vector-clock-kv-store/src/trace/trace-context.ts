import { z } from 'zod';
import type { NodeId } from '../causality/node-id.ts';
import { counterOf, type VectorClock } from '../causality/vector-clock.ts';
import { clockSchema, nodeIdSchema } from '../messages/clock.ts';

/** The send event of a message. It travels in the message's event header. */
export type TraceContext = { host: NodeId; clock: VectorClock };

/** Characters. Node.js accepts 16 KiB of headers; a clock with hundreds of incarnations must not stop replication. */
const MAX_CONTEXT_LENGTH = 8 * 1024;

const contextSchema = z
  .object({ host: nodeIdSchema, clock: clockSchema })
  .refine(({ host, clock }) => counterOf(clock, host) > 0);

/** @returns the header's value; undefined if it would be too long, and the message travels without it */
export function formatTraceContext(context: TraceContext): string | undefined {
  const text = JSON.stringify(context);
  return text.length > MAX_CONTEXT_LENGTH ? undefined : text;
}

/** @returns undefined if the header is absent or invalid: a message is valid without it */
export function parseTraceContext(text: string | undefined): TraceContext | undefined {
  if (text === undefined) return undefined;
  try {
    return contextSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
