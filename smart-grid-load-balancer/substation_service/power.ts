/**
 * Powers are whole milliwatts, so that sums are exact: once all sessions have ended, the load is 0 and not 1e-14.
 * A gigawatt is 1e12 mW; integers are exact up to 9e15.
 */
export type Milliwatts = number;

/** Energies are whole joules (watt-seconds): 9e15 J is a gigawatt for 100 days. */
export type Joules = number;

const MILLIWATTS_PER_KILOWATT = 1_000_000;

/** To the nearest milliwatt, and at least 1, so that no request charges for free. */
export function toMilliwatts(kilowatts: number): Milliwatts {
  return Math.max(1, Math.round(kilowatts * MILLIWATTS_PER_KILOWATT));
}

export function toKilowatts(milliwatts: Milliwatts): number {
  return milliwatts / MILLIWATTS_PER_KILOWATT;
}

/** The energy that a power draws in `ms` milliseconds, to the nearest joule. */
export function energyOf(power: Milliwatts, ms: number): Joules {
  return Math.round((power / 1_000) * (ms / 1_000));
}
