/** A substation that routing may choose. Power in kW. */
export type Candidate = {
  readonly id: string;
  /** The estimated load: the last report plus this balancer's dispatches since. */
  readonly load: number;
  /** Capacity that the request's priority may use; 0 while the capacity is unknown. */
  readonly capacity: number;
  /** When the last report was requested, in milliseconds; minus infinity before the first. */
  readonly reportedAt?: number;
  /** Up to which load routing prefers this substation while it is ramped up. */
  readonly rampLimit?: number | undefined;
  /** Whether this request probes the substation after an ejection. */
  readonly isProbe?: boolean;
};

/** Returns the estimated free capacity in kW; negative where the estimate exceeds the capacity. */
export function available(candidate: Candidate): number {
  return candidate.capacity - candidate.load;
}

/** Returns the estimated free capacity in kW up to the limit of a substation that is ramped up. */
export function availableNow(candidate: Candidate): number {
  const { capacity, load, rampLimit = capacity } = candidate;
  return Math.min(capacity, rampLimit) - load;
}

/** Half a milliwatt, in kW. Substations count in milliwatts; binary fractions such as 80 - 79.9 are off by less. */
const ROUNDING_KW = 0.5e-6;

/** Returns whether a request fits into the given free capacity. Both in kW. */
export function fits(amount: number, free: number): boolean {
  return amount - free < ROUNDING_KW;
}
