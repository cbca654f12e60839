import { originSchema } from '@gridclock/service-kit';
import { z } from 'zod';
import { isLife } from '../causality/lineage.ts';
import { isNodeName } from '../causality/node-id.ts';
import { RETIRED_KEY } from '../causality/retirements.ts';
import { counterOf } from '../causality/vector-clock.ts';
import type { Value } from '../causality/write.ts';

import { MAX_BATCH_MESSAGES } from '../limits.ts';

import { refusals } from '../membership/claim.ts';

import { MEMBERS_KEY, type SnapshotPage } from '../storage/storage.ts';
import { keySchema } from './client.ts';
import { clockSchema, nodeIdSchema } from './clock.ts';

/** 300 characters: a sentence in the log of a peer. */
const MAX_REASON = 300;

const lifeSchema = z.string().refine(isLife, 'is not a life').meta({ pattern: '^[0-9a-f]{8,16}$' });

/** A node remembers at most 32 lives; twice as many may come from a later release. */
const lineageSchema = z.array(z.object({ life: lifeSchema, id: nodeIdSchema, from: z.int().min(0) })).max(64);

/** A value in a message between nodes. Null deletes the key. */
const valueSchema = z.custom<Value | null>(
  (value) => value !== undefined,
  'is required; null deletes the key',
);

/** One message of `POST /replicate`. */
export const writeSchema = z
  .object({
    sender: nodeIdSchema,
    key: z.literal([MEMBERS_KEY, RETIRED_KEY]).or(keySchema),
    value: valueSchema,
    vc: clockSchema,
    at: z.number().exactOptional(),
    life: lifeSchema.exactOptional(),
  })
  .refine(({ sender, vc }) => counterOf(vc, sender) > 0, {
    path: ['vc'],
    message: 'must have an entry of 1 or more for the sender',
  });

/** A batch of messages of `POST /replicate`. The length is checked first: each invalid message costs time. */
export const batchSchema = z
  .custom<unknown[]>(
    (value) => Array.isArray(value) && value.length <= MAX_BATCH_MESSAGES,
    `must have at most ${MAX_BATCH_MESSAGES} messages`,
  )
  .pipe(z.array(writeSchema).min(1, 'must not be empty'))
  .meta({ maxItems: MAX_BATCH_MESSAGES });

/**
 * A write in the short form: it continues the write before it in the list, and has everything but its key and value in common
 * with it. Its clock is the next one of the same sender.
 */
export const shortWriteSchema = z.strictObject({
  key: writeSchema.shape.key,
  value: writeSchema.shape.value,
});

/** A list with writes in the short form, of version 2. The first one is whole. */
export const shortBatchSchema = z
  .array(z.union([writeSchema, shortWriteSchema]))
  .meta({ minItems: 1, maxItems: MAX_BATCH_MESSAGES });

/** The part of the response to `POST /replicate` that a sender needs. */
export const replicateResponseSchema = z.object({ vc: clockSchema });

/** The body of `POST /members`: a node, and the URL where the other nodes reach it. */
export const memberSchema = z.object({
  id: z
    .string({ error: 'a node must be a string' })
    .refine(isNodeName, 'is not a node name')
    .meta({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' }),
  url: originSchema,
});

/** Members in a heartbeat. Leaves out those at anything but an origin, which an earlier release may list. */
const listedMembersSchema = z
  .array(z.unknown())
  .transform((members) => members.flatMap((member) => memberSchema.safeParse(member).data ?? []));

/** The conflicts in a heartbeat, as far as they can be read: they only explain the status. */
const reportedConflictsSchema = z
  .array(
    z.object({ kind: z.string(), message: z.string().transform((message) => message.slice(0, MAX_REASON)) }),
  )
  .optional()
  .catch(undefined);

const wireVersionSchema = z.int().min(1);

/** What a heartbeat says about versions. Another implementation may mean something else by the field. */
const wireFormatsSchema = z
  .object({ reads: z.tuple([wireVersionSchema, wireVersionSchema]), writes: wireVersionSchema })
  .refine(({ reads: [first, last] }) => first <= last)
  .optional()
  .catch(undefined);

/** The body of `POST /claims`: who asks to be called, and where. */
export const claimSchema = z.object({
  id: memberSchema.shape.id,
  url: memberSchema.shape.url.optional(),
  life: lifeSchema,
  confirm: z.boolean(),
});

/** The response to `POST /claims`. */
export const claimAnswerSchema = z.object({
  refusal: z.enum(refusals).optional(),
  record: lineageSchema.optional(),
  witness: z.boolean().optional(),
});

/** The part of the response to `GET /` that a peer needs. Other implementations send only their id and clock. */
export const heartbeatSchema = z.object({
  node_id: z.union([z.string(), z.int().transform(String)]).optional(),
  name: z.string().optional(),
  clock_id: nodeIdSchema.optional(),
  life: lifeSchema.optional(),
  lineage: lineageSchema.optional(),
  record: lineageSchema.optional(),
  needs: clockSchema.optional(),
  replacing: z.boolean().optional(),
  retired: z.int().optional(),
  vector_clock: clockSchema,
  heard_of: clockSchema.optional(),
  pruned: clockSchema.optional(),
  status: z.string().optional(),
  conflicts: reportedConflictsSchema,
  peers: listedMembersSchema.optional(),
  removed: z.array(z.string()).optional(),
  wire: wireFormatsSchema,
});

const versionSchema = z.object({ sender: nodeIdSchema, value: valueSchema, vc: clockSchema });

const retirementSchema = z.object({
  dot: z.object({ node: nodeIdSchema, counter: z.int().min(1) }),
  finals: clockSchema,
});

/**
 * The response to `GET /snapshot`. Nodes of earlier releases send and expect `entries`; a rolling update
 * depends on that name.
 */
export const snapshotSchema = z
  .object({
    clock: clockSchema,
    entries: z.array(z.tuple([z.string(), z.array(versionSchema)])),
    next: z.string().optional(),
    retired: z.array(retirementSchema).optional(),
  })
  .transform(({ clock, entries, next, retired }): SnapshotPage => ({ clock, keys: entries, next, retired }));

/** Returns a page in the form of `GET /snapshot`. */
export function snapshotBody({ clock, keys, next, retired }: SnapshotPage): z.input<typeof snapshotSchema> {
  return {
    clock,
    entries: keys.map(([key, versions]) => [key, [...versions]]),
    next,
    retired: retired === undefined ? undefined : [...retired],
  };
}
