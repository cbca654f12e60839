import { BadRequestError } from '@gridclock/service-kit';

/** 1 MiB of JSON in UTF-8: a key-value store is for records, not for files. */
export const MAX_VALUE_BYTES = 1024 * 1024;

/** Deeper than any record, but far from where serializing would overflow the stack. */
const MAX_VALUE_DEPTH = 100;

/**
 * Checks that a value can be sent to the other nodes unchanged.
 *
 * @param field the value's name in the request
 * @throws BadRequestError 413 if it is too large, 400 if it is nested too deeply or contains an infinite number
 */
export function checkValue(value: unknown, field: string): void {
  const problem = findProblem(value);
  if (problem !== undefined) throw new BadRequestError(field, problem);
  // Measured as it will travel: `1e20` is four bytes in a request but becomes twenty-one.
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_VALUE_BYTES) {
    throw new BadRequestError(field, 'is too large', 413, { limit_bytes: MAX_VALUE_BYTES });
  }
}

function findProblem(value: unknown): string | undefined {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_VALUE_DEPTH) return `is nested more than ${MAX_VALUE_DEPTH} levels deep`;
    // `1e400` is valid JSON, but parses to Infinity, which serializes to null.
    if (level.some((item) => typeof item === 'number' && !Number.isFinite(item)))
      return 'holds a number beyond those of double precision';
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return undefined;
}
