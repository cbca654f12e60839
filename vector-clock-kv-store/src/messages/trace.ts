import { z } from 'zod';
import type { TracedEvent } from '../trace/event.ts';
import type { TracePage } from '../trace/event-trace.ts';
import { clockSchema } from './clock.ts';

const natural = z.int().min(0);
export const dotSchema = z.object({ node: z.string(), counter: natural });
const writeSummary = dotSchema.extend({ key: z.string(), value: z.string() });
export const clockedSummarySchema = writeSummary.extend({ vc: clockSchema.exactOptional() });
const batch = { writes: z.array(writeSummary), count: natural };
const common = { host: z.string(), at: z.number(), clock: clockSchema };
const action = z.enum(['hold', 'drop', 'duplicate', 'reorder', 'delay', 'cut']);
const fault = { ...common, kind: z.literal('fault'), peer: z.string() };

/** One event of `GET /trace`. */
export const tracedEventSchema: z.ZodType<TracedEvent> = z.union([
  z.object({ ...common, kind: z.literal('start') }),
  z.object({ ...common, kind: z.literal('snapshot') }),
  z.object({ ...common, kind: z.enum(['write', 'deliver', 'refuse']), write: clockedSummarySchema }),
  z.object({
    ...common,
    kind: z.literal('buffer'),
    write: clockedSummarySchema,
    missing: dotSchema,
    has: natural.exactOptional(),
  }),
  z.object({ ...common, kind: z.literal('send'), to: z.string(), ...batch }),
  z.object({ ...common, kind: z.literal('receive'), from: dotSchema.optional(), ...batch }),
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
  events: z.array(tracedEventSchema),
});
