import { z } from 'zod';
import { clockSchema } from '../messages/clock.ts';
import { BehindError, InvalidResponseError, StoreError, TooFewCopiesError } from './errors.ts';

/** Ids of the context that the response's clock implies: the context no longer needs them. */
const retiredSchema = z.array(z.string()).optional();

export const readingSchema = z.object({
  key: z.string(),
  value: z.unknown(),
  vc: clockSchema,
  retired: retiredSchema,
  siblings: z.array(z.object({ sender: z.string(), value: z.unknown(), vc: clockSchema })).optional(),
});

export const writtenSchema = z.object({ status: z.literal('ok'), vc: clockSchema, retired: retiredSchema });

export const heartbeatSchema = z.object({ vector_clock: clockSchema });

export const watchedWriteSchema = z.object({
  key: z.string(),
  value: z.unknown(),
  sender: z.string(),
  vc: clockSchema,
});

/** The result of a read. `siblings` holds all versions if there are concurrent ones. */
export type Reading = z.output<typeof readingSchema>;

/** A write as a watch reports it. A value of null is a deletion. */
export type WatchedWrite = z.output<typeof watchedWriteSchema>;

const behindSchema = z.object({ code: z.literal('behind_context'), missing: clockSchema });
const tooFewCopiesSchema = z.object({ stored_on: z.int() });

/** In the body of a 503 whose write was made. */
export const madeWriteSchema = z.object({ vc: clockSchema });

/** Parses JSON of a node. @throws InvalidResponseError if it is not what a node sends */
export function parseAs<Result>(call: string, schema: z.ZodType<Result>, text: string): Result {
  const result = schema.safeParse(parseJson(text));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'the body' : issue.path.join('.');
  throw new InvalidResponseError(
    `${call}: the response is not that of a node of this store: ${where}: ${issue?.message}`,
  );
}

/** Turns a response that is not a success into an error. */
export function errorOf(call: string, status: number, text: string): StoreError {
  const body = parseJson(text);
  if (status === 503) {
    const behind = behindSchema.safeParse(body);
    if (behind.success) return new BehindError(call, body, behind.data.missing);
    const copies = tooFewCopiesSchema.safeParse(body);
    if (copies.success) return new TooFewCopiesError(call, body, copies.data.stored_on);
  }
  return new StoreError(call, status, body);
}

/** Parses JSON. Text that is none stays as it is, for an error message. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
