import { BadRequestError } from '@gridclock/service-kit';

/** The largest value, as JSON in UTF-8: a key-value store is for records, not for files. */
export const MAX_VALUE_BYTES = 1024 * 1024;

/** Deeper than any record; far from the depth at which serialising runs out of stack. */
const MAX_VALUE_DEPTH = 100;

/**
 * Refuses a value that other nodes could not be sent as it is.
 *
 * @param field what it is called in the request
 * @throws BadRequestError 413 when it is too large, 400 when it is nested too deeply or holds an infinite number
 */
export function checkValue(value: unknown, field: string): void {
  const problem = unsendable(value);
  if (problem !== undefined) throw new BadRequestError(field, problem);
  // Measured as it will travel: `1e20` is four bytes in a request and twenty-one in ours.
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_VALUE_BYTES) {
    throw new BadRequestError(field, 'is too large', 413, { limit_bytes: MAX_VALUE_BYTES });
  }
}

function unsendable(value: unknown): string | undefined {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_VALUE_DEPTH) return `is nested more than ${MAX_VALUE_DEPTH} levels deep`;
    // `1e400` is JSON, but reads as Infinity, which would be sent on as null.
    if (level.some((item) => typeof item === 'number' && !Number.isFinite(item)))
      return 'holds a number beyond those of double precision';
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return undefined;
}
