/**
 * Inside a substation power is a whole number of milliwatts, so that sums are exact: after all sessions have
 * ended the load is 0 and not 1e-14. A gigawatt is 1e12 mW, far below the 9e15 up to which integers are exact.
 */
export type Milliwatts = number;

const MILLIWATTS_PER_KILOWATT = 1_000_000;

/** To the nearest milliwatt, and never 0, so that nothing is charged for free. */
export function toMilliwatts(kilowatts: number): Milliwatts {
  return Math.max(1, Math.round(kilowatts * MILLIWATTS_PER_KILOWATT));
}

/** Exactly, up to the nearest fraction that a number can be. */
export function toKilowatts(milliwatts: Milliwatts): number {
  return milliwatts / MILLIWATTS_PER_KILOWATT;
}
