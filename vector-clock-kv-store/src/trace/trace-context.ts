import { z } from 'zod';
import type { NodeId } from '../causality/node-id.ts';
import { entry, type VectorClock } from '../causality/vector-clock.ts';
import { clockSchema, nodeIdSchema } from '../messages.ts';

/** Carries the sender's event clock on `/replicate`. Whoever does not know it may leave it out or ignore it. */
export const EVENT_HEADER = 'x-gridclock-event';

/** The event that a message left with. */
export type Stamp = { host: NodeId; clock: VectorClock };

/** In characters. Node.js takes headers of 16 KiB in all; a clock of hundreds of restarts must not stop replication. */
const MAX_STAMP_LENGTH = 8 * 1024;

const stampSchema = z
  .object({ host: nodeIdSchema, clock: clockSchema })
  .refine(({ host, clock }) => entry(clock, host) > 0);

/** @returns the header's value; undefined when it would be too long, and the message goes without */
export function writeStamp(stamp: Stamp): string | undefined {
  const text = JSON.stringify(stamp);
  return text.length > MAX_STAMP_LENGTH ? undefined : text;
}

/** @returns undefined for what is absent or is not a stamp: a message is good without one */
export function readStamp(text: string | undefined): Stamp | undefined {
  if (text === undefined) return undefined;
  try {
    return stampSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
