/** What a run must reach to pass. An absent threshold is not checked. */
export type Thresholds = {
  /** The accepted share of the bound, 0 to 1. */
  minAccepted?: number | undefined;
  /** In milliseconds. */
  maxP99Ms?: number | undefined;
};

/** Whether a run met one threshold, in words for a report. */
export type ThresholdResult = { name: string; limit: string; actual: string; passed: boolean };

/** @param measured undefined where it could not be measured, which does not pass */
export function checkThresholds(
  { minAccepted, maxP99Ms }: Thresholds,
  { shareOfBound, p99Ms }: { shareOfBound: number | undefined; p99Ms: number | undefined },
): ThresholdResult[] {
  const results: ThresholdResult[] = [];
  if (minAccepted !== undefined) {
    results.push({
      name: 'Accepted share of the bound',
      limit: `at least ${minAccepted}`,
      actual: isImpossible(shareOfBound)
        ? `${shareOfBound?.toFixed(3)} (impossible)`
        : (shareOfBound?.toFixed(3) ?? 'unknown'),
      passed: shareOfBound !== undefined && shareOfBound >= minAccepted && !isImpossible(shareOfBound),
    });
  }
  if (maxP99Ms !== undefined) {
    results.push({
      name: 'p99 response time',
      limit: `at most ${maxP99Ms} ms`,
      actual: p99Ms === undefined ? 'unknown' : `${p99Ms.toFixed(1)} ms`,
      passed: p99Ms !== undefined && p99Ms <= maxP99Ms,
    });
  }
  return results;
}

/** Whether more was accepted than the bound allows: then the bound or the run is wrong. Allows for rounding. */
export function isImpossible(shareOfBound: number | undefined): boolean {
  return shareOfBound !== undefined && shareOfBound > 1 + 1e-9;
}
