import { z } from 'zod';
import { clockSchema } from '../../messages/clock.ts';
import { HistoryError } from './history-error.ts';

/** A recorded value. Numbers and strings differ: `1` is not `"1"`. */
export type RecordedValue = string | number;

const valueSchema = z.union([z.string(), z.number()], 'must be a string or a number');

const common = {
  key: z.string(),
  /** The node that served the operation. */
  node: z.string().optional(),
  /** Times of request and response, in milliseconds on one clock. No verdict depends on them. */
  start: z.number().optional(),
  end: z.number().optional(),
  /** The clock in the response. */
  vc: clockSchema.optional(),
};

/** `unknown`: the response was lost, so the write may or may not have taken effect. */
const statusSchema = z.enum(['ok', 'unknown']).optional();

const operationSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('write'), ...common, value: valueSchema, status: statusSchema }),
    /** `value` names the tombstone, so a read can say which deletion it saw. */
    z.strictObject({ kind: z.literal('delete'), ...common, value: valueSchema, status: statusSchema }),
    /** `value` is null when the key had no value. */
    z.strictObject({ kind: z.literal('read'), ...common, value: valueSchema.nullable() }),
  ],
  'must be write, read or delete',
);

const historySchema = z.object({
  sessions: z.array(z.strictObject({ name: z.string(), operations: z.array(operationSchema) })),
});

/** One operation of a session, with its result. */
export type Operation = z.output<typeof operationSchema>;

/** The operations of every session, each in program order. docs/history-format.md documents the JSON form. */
export type History = z.output<typeof historySchema>;

/**
 * Validates parsed JSON as a history.
 *
 * @throws HistoryError naming the first invalid value by its dotted path
 */
export function parseHistory(json: unknown): History {
  const result = historySchema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue === undefined || issue.path.length === 0 ? 'history' : issue.path.join('.');
  throw new HistoryError(`${path}: ${issue?.message ?? 'is not a history'}`);
}
