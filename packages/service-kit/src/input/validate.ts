import type { z } from 'zod';
import { BadRequestError } from '../problems/errors.ts';
import { describeInvalid } from './invalid-value.ts';

/** Responses to invalid input stay small: more problems than these help nobody. */
const PROBLEMS_LISTED = 5;

/** Enough of a field's path to recognize it, in characters; clients choose the names in it. */
const FIELD_LENGTH = 200;

/**
 * Validates a part of a request.
 *
 * @param where the name of the part, such as `body` or `query`: the field if the part as a whole is invalid
 * @returns the parsed value
 * @throws BadRequestError (400) with the dotted path of the first invalid field; `problems` lists the first ones
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: string,
): z.output<Schema> {
  // Messages other than zod's cost a microsecond; most values need none.
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const result = schema.safeParse(value, { error: describeInvalid });
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, PROBLEMS_LISTED).flatMap((issue) => {
    const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
    if (path.length > 0) {
      const isMissing = issue.code !== 'unrecognized_keys' && valueAt(value, path) === undefined;
      const reason = isMissing && !issue.message.startsWith('is required') ? 'is required' : issue.message;
      return [{ field: path.map(String).join('.').slice(0, FIELD_LENGTH), reason }];
    }
    // Usually the Content-Type is missing, so that the body was not parsed.
    const notAnObject = where === 'body' && issue.code === 'invalid_type' && issue.expected === 'object';
    return [
      {
        field: where,
        reason: notAnObject ? 'must be a JSON object, sent as application/json' : issue.message,
      },
    ];
  });
  const first = problems[0] ?? { field: where, reason: 'is not valid' };
  throw new BadRequestError(first.field, first.reason, 400, problems.length > 1 ? { problems } : {});
}

/** Returns the member of a value at a path, or undefined if there is none. */
function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = Reflect.get(current, key);
  }
  return current;
}
