import { z } from 'zod';
import { clockSchema } from '../../messages.ts';

/** A value as a history records it: numbers and texts differ (`1` is not `"1"`). */
export type RecordedValue = string | number;

const valueSchema = z.union([z.string(), z.number()], 'must be a text or a number');

const common = {
  key: z.string(),
  /** The node asked. */
  node: z.string().optional(),
  /** When it was asked and answered, in milliseconds on any one clock. No verdict depends on them. */
  start: z.number().optional(),
  end: z.number().optional(),
  /** The clock in the answer. */
  vc: clockSchema.optional(),
};

/** `unknown`: no answer came, so the write may or may not have been made. */
const statusSchema = z.enum(['ok', 'unknown']).optional();

const operationSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('write'), ...common, value: valueSchema, status: statusSchema }),
    /** `value` names the tombstone, so that a read may say which deletion it saw. */
    z.strictObject({ kind: z.literal('delete'), ...common, value: valueSchema, status: statusSchema }),
    /** `value` is null where the key had none. */
    z.strictObject({ kind: z.literal('read'), ...common, value: valueSchema.nullable() }),
  ],
  'must be write, read or delete',
);

const historySchema = z.object({
  sessions: z.array(z.strictObject({ name: z.string(), operations: z.array(operationSchema) })),
});

/** What one session did and saw at one moment. */
export type Operation = z.output<typeof operationSchema>;

/** What the sessions of a run did and saw, each in its own order. docs/history-format.md describes it as JSON. */
export type History = z.output<typeof historySchema>;

/** A history that cannot be judged. The message is one line and begins with the place. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
}

/**
 * Reads a history from parsed JSON.
 *
 * @throws HistoryError that names the first place where it is not one, as a dotted path
 */
export function parseHistory(json: unknown): History {
  const result = historySchema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? 'history' : issue.path.join('.');
  throw new HistoryError(`${place}: ${issue?.message ?? 'is not a history'}`);
}
