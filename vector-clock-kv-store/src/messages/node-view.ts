import { z } from 'zod';
import type { NodeView } from '../live/node-view.ts';
import { clockSchema } from './clock.ts';
import { clockedSummarySchema, dotSchema, tracePageSchema } from './trace.ts';

const natural = z.int().min(0);

const faultSchema = z.object({
  action: z.string(),
  delay_ms: natural.exactOptional(),
  count: natural.exactOptional(),
  remaining_s: natural.exactOptional(),
});

/** The body of `GET /ui/node`. */
export const nodeViewSchema: z.ZodType<NodeView> = z.object({
  node: z.string(),
  clock_id: z.string(),
  status: z.string(),
  clock: clockSchema,
  members: z.array(z.string()),
  keys: z.array(z.object({ key: z.string(), value: z.string(), versions: natural })),
  more_keys: z.boolean(),
  buffered: z.array(z.object({ write: clockedSummarySchema, missing: dotSchema, has: natural })),
  buffer_size: natural,
  links: z
    .array(z.object({ peer: z.string(), faults: z.array(faultSchema), held: z.array(clockedSummarySchema) }))
    .optional(),
  trace: tracePageSchema.optional(),
});
