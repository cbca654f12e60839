import type { z } from 'zod';
import { BadRequestError } from './errors.ts';

/**
 * Checks something a client sent.
 *
 * @param where what the whole is called when it is wrong as a whole: `body`, `query`
 * @returns the parsed value
 * @throws BadRequestError (400) whose `field` is the dotted path of the first thing wrong, and whose
 *   `problems` lists all of them
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => {
    const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
    if (path.length > 0) return [{ field: path.map(String).join('.'), reason: issue.message }];
    // Most often a body that was not read, because its type was not said.
    const noObject = where === 'body' && issue.code === 'invalid_type' && issue.expected === 'object';
    return [
      { field: where, reason: noObject ? 'must be a JSON object, sent as application/json' : issue.message },
    ];
  });
  const first = problems[0] ?? { field: where, reason: 'is not valid' };
  throw new BadRequestError(first.field, first.reason, 400, problems.length > 1 ? { problems } : {});
}
