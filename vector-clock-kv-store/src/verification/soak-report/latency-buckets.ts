/** The upper end of the first bucket, in milliseconds, and how much larger each next one is: errors are below 6 %. */
const FIRST_MS = 0.1;
const GROWTH = 1.12;

/** Up to 2 minutes, longer than any client waits. */
const BUCKETS = Math.ceil(Math.log(120_000 / FIRST_MS) / Math.log(GROWTH)) + 1;

/** Response times, counted in buckets of growing width, so that a run of any length needs the same memory. */
export class LatencyBuckets {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  add(ms: number): void {
    const bucket = Math.ceil(Math.log(Math.max(FIRST_MS, ms) / FIRST_MS) / Math.log(GROWTH));
    const index = Math.min(BUCKETS - 1, bucket);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#total += 1;
  }

  merge(other: LatencyBuckets): void {
    for (const [index, count] of other.#counts.entries())
      this.#counts[index] = (this.#counts[index] ?? 0) + count;
    this.#total += other.#total;
  }

  /** Returns a percentile in milliseconds; undefined without any value. @param share from 0 to 1 */
  percentile(share: number): number | undefined {
    if (this.#total === 0) return undefined;
    let left = Math.max(1, Math.ceil(share * this.#total));
    const index = this.#counts.findIndex((count) => {
      left -= count;
      return left <= 0;
    });
    return FIRST_MS * GROWTH ** (index - 0.5);
  }
}
