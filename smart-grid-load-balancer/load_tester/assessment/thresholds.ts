/** What a run must reach to pass; what is left out is not judged. */
export type Limits = {
  /** Accepted kW over the bound, 0 to 1. */
  minAccepted?: number | undefined;
  /** In milliseconds. */
  maxP99Ms?: number | undefined;
};

/** Whether one limit was kept, in words for a report. */
export type Verdict = { name: string; limit: string; actual: string; passed: boolean };

/** @param measured undefined where it could not be measured, which does not pass */
export function judge(
  limits: Limits,
  measured: { shareOfBound: number | undefined; p99Ms: number | undefined },
): Verdict[] {
  const verdicts: Verdict[] = [];
  const { minAccepted, maxP99Ms } = limits;
  const { shareOfBound, p99Ms } = measured;
  if (minAccepted !== undefined) {
    verdicts.push({
      name: 'Load accepted of the possible',
      limit: `at least ${minAccepted}`,
      actual: shareOfBound?.toFixed(3) ?? 'unknown',
      passed: shareOfBound !== undefined && shareOfBound >= minAccepted,
    });
  }
  if (maxP99Ms !== undefined) {
    verdicts.push({
      name: 'p99 of the response times',
      limit: `at most ${maxP99Ms} ms`,
      actual: p99Ms === undefined ? 'unknown' : `${p99Ms.toFixed(1)} ms`,
      passed: p99Ms !== undefined && p99Ms <= maxP99Ms,
    });
  }
  return verdicts;
}
