import { BadRequestError } from '@gridclock/service-kit';
import { MAX_VALUE_BYTES, MAX_VALUE_DEPTH } from '../limits.ts';

/** Strings of up to this length are within all limits: JSON takes at most six bytes for a character, as in `\\u0000`. */
const SHORT_STRING = (MAX_VALUE_BYTES - 2) / 6;

/**
 * Checks that a node may accept a value, so that every other node can receive and store it unchanged.
 *
 * @param field returns the value's name in the request, for an error
 * @throws BadRequestError 413 if it is too large, 400 if it is nested too deeply or contains an infinite number
 */
export function checkAcceptedValue(value: unknown, field: () => string): void {
  if (typeof value === 'string' && value.length <= SHORT_STRING) return;
  checkReceivedValue(value, field);
  // Measured as it will travel: `1e20` is four bytes in a request but becomes twenty-one.
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_VALUE_BYTES) {
    throw new BadRequestError(field(), 'is too large', 413, { limit_bytes: MAX_VALUE_BYTES });
  }
}

/**
 * Checks that a value from another node can be stored unchanged. Its size is limited by the body alone: an earlier
 * release may have accepted more than `MAX_VALUE_BYTES`, and everything after that write would wait for it.
 *
 * @param field as above
 * @throws BadRequestError 400 if it is nested too deeply or contains an infinite number
 */
export function checkReceivedValue(value: unknown, field: () => string): void {
  const problem = findProblem(value);
  if (problem !== undefined) throw new BadRequestError(field(), problem);
}

function findProblem(value: unknown): string | undefined {
  if (typeof value === 'string') return undefined;
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
