import { z } from 'zod';
import { clockSchema } from '../../messages.ts';
import type { TracePage } from '../../trace/event-trace.ts';

const whole = z.int().min(0);
const dot = z.object({ node: z.string(), counter: whole });
const mention = dot.extend({ key: z.string(), value: z.string() });
const several = { writes: z.array(mention), count: whole };
const common = { host: z.string(), at: z.number(), clock: clockSchema };
const action = z.enum(['hold', 'drop', 'duplicate', 'reorder', 'delay']);
const fault = { ...common, kind: z.literal('fault'), peer: z.string() };

const event = z.union([
  z.object({ ...common, kind: z.literal('start') }),
  z.object({ ...common, kind: z.literal('snapshot') }),
  z.object({ ...common, kind: z.enum(['write', 'deliver', 'refuse']), write: mention }),
  z.object({ ...common, kind: z.literal('buffer'), write: mention, missing: dot }),
  z.object({ ...common, kind: z.literal('send'), to: z.string(), ...several }),
  z.object({ ...common, kind: z.literal('receive'), from: dot.optional(), ...several }),
  z.object({ ...fault, phase: z.literal('begin'), action }),
  z.object({ ...fault, phase: z.literal('end') }),
  z.object({ ...fault, phase: z.literal('affect'), action, ...several }),
]);

/** What `GET /trace` answers. */
export const tracePageSchema: z.ZodType<TracePage> = z.object({
  host: z.string(),
  clock: clockSchema,
  pruned: whole,
  last: whole,
  events: z.array(event),
});
