import { z } from 'zod';
import { isNodeId, isNodeName } from './causality/node-id.ts';
import { counterOf, type VectorClock } from './causality/vector-clock.ts';
import type { Value } from './causality/write.ts';
import { MEMBERS_KEY } from './storage/reserved-keys.ts';

/** UTF-8 bytes; within what an LMDB key can hold beside its prefix. */
const MAX_KEY_BYTES = 1024;

/** More entries than any cluster has nodes, incarnations counted; bounds the work a made-up clock can cause. */
const MAX_CLOCK_ENTRIES = 1_000;

const text = (what: string) => z.string({ error: `${what} must be a string` });

/** A key: any text but the empty one, and but what cannot be told apart once stored. */
export const keySchema = text('a key')
  .min(1, 'must not be empty')
  .refine((key) => Buffer.byteLength(key) <= MAX_KEY_BYTES, `must have at most ${MAX_KEY_BYTES} bytes`)
  // A lone surrogate has no UTF-8 form: two such keys would be one on disk.
  .refine(
    (key) => Buffer.from(key).toString() === key && !key.includes('\0'),
    'must be valid Unicode without NUL',
  )
  .refine((key) => key !== '__proto__', 'must not be __proto__');

/** A value: any JSON but null, which says that there is none. Its size is checked apart, see value-limits.ts. */
const valueSchema = z.custom<Value>(
  (value) => value !== undefined && value !== null,
  'is required, and must not be null: null stands for no value',
);

/** A value in a message between nodes: null deletes. */
const messageValueSchema = z.custom<Value | null>(
  (value) => value !== undefined,
  'is required; null deletes the key',
);

/** A key in a message between nodes: a client's, or that of the cluster's own records. */
const messageKeySchema = z.literal(MEMBERS_KEY).or(keySchema);

/** A node's name in a clock. */
export const nodeIdSchema = text('a node').refine(isNodeId, 'is not a node name');

/**
 * A vector clock: an object of node names and whole numbers from 0 up. Read from the raw members, because a
 * schema for records would let a member called `__proto__` pass unseen.
 */
export const clockSchema = z
  .custom<Record<string, unknown>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object such as {"node1":3}',
  )
  .transform((members, context): VectorClock => {
    const entries = Object.entries(members);
    if (entries.length > MAX_CLOCK_ENTRIES)
      context.addIssue(`must have at most ${MAX_CLOCK_ENTRIES} entries`);
    for (const [node, counter] of entries) {
      if (!isNodeId(node)) context.addIssue({ code: 'custom', path: [node], message: 'is not a node name' });
      else if (typeof counter !== 'number' || !Number.isSafeInteger(counter) || counter < 0) {
        context.addIssue({ code: 'custom', path: [node], message: 'must be a whole number, 0 or more' });
      }
    }
    return Object.fromEntries(entries.filter((member): member is [string, number] => Number(member[1]) > 0));
  });

/** On how many nodes a write must be stored before it is acknowledged. */
const acksSchema = z.int('must be a whole number').min(1, 'must be at least 1');

/** `POST /put`. */
export const putSchema = z.object({
  key: keySchema,
  value: valueSchema,
  vc: clockSchema.optional(),
  acks: acksSchema.default(1),
});

/** The query of `DELETE /delete`. */
export const deleteSchema = z.object({
  key: keySchema,
  acks: z
    .string('must be given once')
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .pipe(acksSchema)
    .default(1),
});

/** One message of `POST /replicate`. */
export const writeSchema = z
  .object({
    sender: nodeIdSchema,
    key: messageKeySchema,
    value: messageValueSchema,
    vc: clockSchema,
    at: z.number().exactOptional(),
  })
  .refine(({ sender, vc }) => counterOf(vc, sender) > 0, {
    path: ['vc'],
    message: 'must have an entry of 1 or more for the sender',
  });

/** A batch of `POST /replicate`. */
export const batchSchema = z.array(writeSchema).min(1, 'must not be empty');

/** What `POST /replicate` answers, as far as a sender needs it. */
export const replicateAnswerSchema = z.object({ vc: clockSchema });

/** `POST /members`: a node and where the others reach it. */
export const memberSchema = z.object({
  id: text('a node').refine(isNodeName, 'is not a node name'),
  url: text('an address').refine(
    (url) => /^https?:\/\/[^\s/]/.test(url) && URL.canParse(url),
    'must be an http:// or https:// URL',
  ),
});

/** What `GET /` answers, as far as a peer needs it. All but the clock are this project's own additions. */
export const heartbeatSchema = z.object({
  vector_clock: clockSchema,
  heard_of: clockSchema.optional(),
  pruned: clockSchema.optional(),
  peers: z.array(memberSchema).optional(),
  removed: z.array(z.string()).optional(),
});

const versionSchema = z.object({ sender: nodeIdSchema, value: messageValueSchema, vc: clockSchema });

/** What `GET /snapshot` answers. */
export const snapshotSchema = z.object({
  clock: clockSchema,
  entries: z.array(z.tuple([z.string(), z.array(versionSchema)])),
  next: z.string().optional(),
});
