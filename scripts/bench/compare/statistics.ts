/** The middle of some values, and how far they spread. */
export type Spread = { median: number; lowest: number; highest: number };

/** Returns the median, the lowest and the highest of some values, rounded to four digits. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return {
    median: rounded((at(Math.floor(middle)) + at(Math.ceil(middle))) / 2),
    lowest: rounded(at(0)),
    highest: rounded(at(sorted.length - 1)),
  };
}

/** Fits a line through values that were taken at regular times. Returns its last value in multiples of its first. */
export function riseOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [covariance, variance] = [0, 0];
  for (const [index, value] of values.entries()) {
    covariance += (index - middle) * (value - mean);
    variance += (index - middle) ** 2;
  }
  const half = (middle * covariance) / variance;
  return (mean + half) / (mean - half);
}

/** Rounds to four significant digits: a measurement on a shared machine is not more precise. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
