import type { SeededRandom } from '@gridclock/simulation-kit';

/** The values of `--profile`. */
export const profileNames = ['rush', 'spike', 'sustained', 'ramp'] as const;

/** How the arrival rate changes over a run. */
export type ProfileName = (typeof profileNames)[number];

type Profile = {
  /** The rate at a time from 0 (start) to 1 (end), as a multiple of the mean rate; 1 on average. */
  rate: (time: number) => number;
  peak: number;
};

/** The rate outside the spike, chosen so that the average is 1: 0.9 + 0.1 × 5 = 1.4. */
const SPIKE_BASE = 1 / 1.4;

const profiles: Record<ProfileName, Profile> = {
  /** Two peaks (morning and evening) at 1.8 times the mean; the rate falls to 0.2 between and around them. */
  rush: { rate: (time) => 1 - 0.8 * Math.cos(4 * Math.PI * time), peak: 1.8 },
  /** Five times the base rate for the middle tenth of the run. */
  spike: {
    rate: (time) => (Math.abs(time - 0.5) < 0.05 ? 5 * SPIKE_BASE : SPIKE_BASE),
    peak: 5 * SPIKE_BASE,
  },
  sustained: { rate: () => 1, peak: 1 },
  /** Rises from zero to twice the mean. */
  ramp: { rate: (time) => 2 * time, peak: 2 },
};

export type ArrivalsOptions = {
  profile: ProfileName;
  /** Mean arrivals per second. */
  rate: number;
  durationMs: number;
};

/**
 * Draws arrival times in milliseconds from the start, ascending.
 *
 * They form a Poisson process whose rate follows the profile. By thinning: Lewis and Shedler, "Simulation of
 * nonhomogeneous Poisson processes by thinning", Naval Research Logistics Quarterly 26, 1979.
 */
export function drawArrivals({ profile, rate, durationMs }: ArrivalsOptions, random: SeededRandom): number[] {
  const { rate: multiple, peak } = profiles[profile];
  const meanGapMs = 1_000 / (rate * peak);
  const arrivals: number[] = [];
  for (let at = gap(); at < durationMs; at += gap()) {
    if (random.fraction() * peak < multiple(at / durationMs)) arrivals.push(at);
  }
  return arrivals;

  function gap(): number {
    return -Math.log(1 - random.fraction()) * meanGapMs;
  }
}
