import type { ProbeResult } from '../verdict.ts';

/** Returns the lines that explain a failure in a terminal. */
export function explain({ why }: ProbeResult): string[] {
  return why === undefined ? [] : [`why: ${why}`];
}

/** Returns the fields of a probe in JSON that only the grid's have. */
export function detailsOf({ why }: ProbeResult): object {
  return { why };
}
