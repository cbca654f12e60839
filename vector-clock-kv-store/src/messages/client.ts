import { z } from 'zod';
import type { Value } from '../causality/write.ts';
import { MAX_BATCH_PUTS, MAX_KEY_BYTES } from '../limits.ts';
import { clockSchema } from './clock.ts';

/** A key: any non-empty string that storage can tell apart from every other key. */
export const keySchema = z
  .string({ error: 'a key must be a string' })
  .min(1, 'must not be empty')
  .refine((key) => Buffer.byteLength(key) <= MAX_KEY_BYTES, `must have at most ${MAX_KEY_BYTES} bytes`)
  // A lone surrogate has no UTF-8 encoding: two such keys would be one key on disk.
  .refine(
    (key) => Buffer.from(key).toString() === key && !key.includes('\0'),
    'must be valid Unicode without NUL',
  )
  .refine((key) => key !== '__proto__', 'must not be __proto__')
  .meta({ maxLength: MAX_KEY_BYTES, description: `At most ${MAX_KEY_BYTES} bytes of UTF-8, without NUL.` });

/** A value: any JSON except null, which means that a key has no value. `checkAcceptedValue` checks its size. */
const valueSchema = z
  .custom<Value>((value) => value !== undefined && value !== null, {
    error: ({ input }) =>
      input === undefined ? 'is required' : 'must not be null; use DELETE to remove a key',
  })
  .meta({ not: { type: 'null' }, description: 'Any JSON but null.' });

/** The number of nodes that must have stored a write before it is acknowledged. */
const acksSchema = z
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .meta({ description: 'How many nodes must have stored the write; at most as many as there are.' });

/** The body of `POST /put`. */
export const putSchema = z.object({
  key: keySchema,
  value: valueSchema,
  vc: clockSchema.optional(),
  acks: acksSchema.default(1),
});

/** The body of `POST /batch`. A write has no context of its own: one that is given must not be ignored. */
export const batchPutSchema = z.object({
  writes: z
    .custom<unknown[]>(
      (value) => Array.isArray(value) && value.length > 0 && value.length <= MAX_BATCH_PUTS,
      `must be a list of 1 to ${MAX_BATCH_PUTS} writes, each with key and value`,
    )
    .pipe(z.array(z.strictObject({ key: keySchema, value: valueSchema })))
    .meta({ minItems: 1, maxItems: MAX_BATCH_PUTS }),
  vc: putSchema.shape.vc,
  acks: putSchema.shape.acks,
});

/** What the body of `POST /batch` says besides its writes. */
export const batchOptionsSchema = batchPutSchema.omit({ writes: true });

/** The body of `POST /get`. */
export const getSchema = z.object({ key: keySchema, vc: clockSchema.optional() });

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

/** The body of `DELETE /delete`, instead of its query. */
export const deleteBodySchema = putSchema.omit({ value: true });
