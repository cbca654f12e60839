import { z } from 'zod';
import { isNodeId, type NodeId } from '../causality/node-id.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import { MAX_CLOCK_ENTRIES } from '../limits.ts';

/** The form of node ids, for documents: see `isNodeId`. */
const NODE_ID_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}(~[a-z0-9]{1,16})?$';

/** A node's id in clocks. */
export const nodeIdSchema = z
  .string({ error: 'a node must be a string' })
  .refine(isNodeId, 'is not a node name')
  .meta({
    pattern: NODE_ID_PATTERN,
    description: 'A node id: `node1`, or an incarnation such as `node1~3fa94c1e`.',
  });

/**
 * A vector clock: an object from node ids to whole numbers. Zero entries are dropped.
 * Not `z.record`, which would ignore a property named `__proto__` instead of rejecting it.
 */
export const clockSchema = z
  .custom<Record<string, unknown>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object such as {"node1":3}',
  )
  .transform((members, context): VectorClock => {
    const entries = Object.entries(members);
    if (entries.length > MAX_CLOCK_ENTRIES) {
      context.addIssue(`must have at most ${MAX_CLOCK_ENTRIES} entries`);
      return z.NEVER;
    }
    const clock: Record<NodeId, number> = {};
    for (const [node, counter] of entries) {
      if (!isNodeId(node)) context.addIssue({ code: 'custom', path: [node], message: 'is not a node name' });
      else if (typeof counter !== 'number' || !Number.isSafeInteger(counter) || counter < 0)
        context.addIssue({ code: 'custom', path: [node], message: 'must be a whole number, 0 or more' });
      else if (counter > 0) clock[node] = counter;
    }
    return clock;
  })
  .meta({
    type: 'object',
    additionalProperties: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    propertyNames: { pattern: NODE_ID_PATTERN },
    maxProperties: MAX_CLOCK_ENTRIES,
    description: 'A vector clock: how many writes of each node. An absent node is 0.',
  });
