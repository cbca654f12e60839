import type { ChargeRequest } from '@gridclock/grid-protocol';
import type { SeededRandom } from '@gridclock/simulation-kit';
import { CHARGE_AMOUNTS_KW, drawVehicle } from '../workload/arrivals.ts';
import { drawArrivals, type ProfileName } from '../workload/profiles.ts';

/** A request with its arrival time and session length, which do not depend on routing. Times in ms. */
export type PlannedRequest = ChargeRequest & { arrivesAt: number; durationMs: number };

/** A kind of traffic: the sizes of requests and their arrival rate. */
export type TrafficMix = {
  name: string;
  amountsKw: readonly [number, ...number[]];
  profile: Extract<ProfileName, 'sustained' | 'rush'>;
  /** The mean offered load as a multiple of the total capacity, without requests that fit no substation. */
  offered: number;
};

/** The traffic on which policies are compared: about twice what the grid can hold. */
export const trafficMixes: readonly TrafficMix[] = [
  { name: '7 to 22 kW', amountsKw: [7, 11, 22], profile: 'sustained', offered: 1.8 },
  { name: '7 to 150 kW', amountsKw: CHARGE_AMOUNTS_KW, profile: 'sustained', offered: 2.1 },
  { name: '7 to 150 kW, two peaks', amountsKw: CHARGE_AMOUNTS_KW, profile: 'rush', offered: 2.1 },
];

/**
 * How long sessions last: 10 s (`even`), or 7, 10 or 13 s by priority as at a substation; both ± 20 % at random.
 * `even` makes the bound fairer: with mixed lengths it profits from preferring short sessions, and no router
 * knows the lengths in advance.
 */
export type SessionLengths = 'even' | 'by-priority';

/** 10 s: the contract's default for normal priority. */
const SESSION_MS = 10_000;

/** Multiples of SESSION_MS. Their mean, weighted by how often each priority is drawn, is 1. */
const PRIORITY_FACTOR = { high: 0.7, normal: 1, low: 1.3 };

/** Draws the requests that arrive within `periodMs`, in order of arrival. */
export function drawTraffic(
  mix: TrafficMix,
  sessions: SessionLengths,
  capacitiesKw: readonly number[],
  periodMs: number,
  random: SeededRandom,
): PlannedRequest[] {
  const { amountsKw, profile, offered } = mix;
  const largestKw = Math.max(...capacitiesKw);
  const meanKw = sum(amountsKw.filter((kw) => kw <= largestKw)) / amountsKw.length;
  const rate = (offered * sum(capacitiesKw)) / (meanKw * (SESSION_MS / 1_000));
  return drawArrivals({ profile, rate, durationMs: periodMs }, random).map((arrivesAt) => {
    const vehicle = drawVehicle(random, amountsKw);
    const factor = sessions === 'even' ? 1 : PRIORITY_FACTOR[vehicle.priority];
    return { ...vehicle, arrivesAt, durationMs: SESSION_MS * factor * (0.8 + 0.4 * random.fraction()) };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
