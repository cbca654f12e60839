import type { SeededRandom } from '@gridclock/simulation-kit';

/** What `--profile` may be. */
export const profileNames = ['rush', 'spike', 'sustained', 'ramp'] as const;

/** How the rate of arrivals moves over a run. */
export type ProfileName = (typeof profileNames)[number];

type Profile = {
  /** The rate at a moment from 0 (start) to 1 (end), as a multiple of the mean rate; 1 on average. */
  rate: (moment: number) => number;
  highest: number;
};

const SPIKE_BASE = 1 / 1.4;

const profiles: Record<ProfileName, Profile> = {
  /** Two peaks, morning and evening, each at 1.8 times the mean, and 0.2 between and around them. */
  rush: { rate: (moment) => 1 - 0.8 * Math.cos(4 * Math.PI * moment), highest: 1.8 },
  /** Five times the rest, for a tenth of the time, in the middle. */
  spike: {
    rate: (moment) => (Math.abs(moment - 0.5) < 0.05 ? 5 * SPIKE_BASE : SPIKE_BASE),
    highest: 5 * SPIKE_BASE,
  },
  sustained: { rate: () => 1, highest: 1 },
  /** From nothing to twice the mean. */
  ramp: { rate: (moment) => 2 * moment, highest: 2 },
};

export type ArrivalsOptions = {
  profile: ProfileName;
  /** Mean arrivals per second. */
  rate: number;
  durationMs: number;
};

/**
 * Draws the moments at which requests arrive, in milliseconds from the start, ascending: a Poisson process
 * whose rate follows the profile (by thinning: Lewis and Shedler, "Simulation of nonhomogeneous Poisson processes
 * by thinning", Naval Research Logistics Quarterly 26, 1979).
 */
export function drawArrivals({ profile, rate, durationMs }: ArrivalsOptions, random: SeededRandom): number[] {
  const { rate: multiple, highest } = profiles[profile];
  const meanGapMs = 1_000 / (rate * highest);
  const arrivals: number[] = [];
  for (let at = gap(); at < durationMs; at += gap()) {
    if (random.fraction() * highest < multiple(at / durationMs)) arrivals.push(at);
  }
  return arrivals;

  function gap(): number {
    return -Math.log(1 - random.fraction()) * meanGapMs;
  }
}
