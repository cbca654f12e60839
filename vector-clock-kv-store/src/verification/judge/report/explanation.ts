import type { ProbeResult } from '../verdict.ts';

/** Returns the lines that explain a failure in a terminal. */
export function explain({ violation }: ProbeResult): string[] {
  return violation === undefined ? [] : violation.evidence.map((step) => `    ${step}`);
}

/** Returns the fields of a probe in JSON that only the store's have. */
export function detailsOf({ violation }: ProbeResult): object {
  return { pattern: violation?.pattern, evidence: violation?.evidence };
}
