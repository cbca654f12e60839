/** The response times of a run, in milliseconds. */
export type Latency = {
  average: number;
  minimum: number;
  maximum: number;
  p50: number;
  p95: number;
  p99: number;
};

/** @returns undefined when there are no values */
export function describeLatency(valuesMs: readonly number[]): Latency | undefined {
  const sorted = [...valuesMs].sort((a, b) => a - b);
  const [minimum] = sorted;
  const maximum = sorted.at(-1);
  if (minimum === undefined || maximum === undefined) return undefined;
  return {
    average: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    minimum,
    maximum,
    p50: nearestRank(sorted, 0.5),
    p95: nearestRank(sorted, 0.95),
    p99: nearestRank(sorted, 0.99),
  };
}

/**
 * Returns a percentile by the nearest-rank method: always a measured value, never an interpolated one.
 *
 * @param sorted ascending, at least one value
 * @param share from 0 to 1: the share of the values that are not larger than the result
 */
export function nearestRank(sorted: readonly number[], share: number): number {
  const rank = Math.min(sorted.length, Math.max(1, Math.ceil(share * sorted.length)));
  return sorted[rank - 1] ?? Number.NaN;
}
