import type { ChargeRequest } from '@gridclock/grid-protocol';
import type { SeededRandom } from '@gridclock/simulation-kit';
import { CHARGE_AMOUNTS_KW, drawVehicle } from '../workload/arrivals.ts';
import { drawArrivals, type ProfileName } from '../workload/profiles.ts';

/** A vehicle that comes at a planned time and charges for a planned time, wherever it is sent. In ms. */
export type PlannedRequest = ChargeRequest & { arrivesAt: number; lastsMs: number };

/** One kind of traffic: how large the requests are, and when and how often they come. */
export type TrafficMix = {
  name: string;
  amountsKw: readonly [number, ...number[]];
  profile: Extract<ProfileName, 'sustained' | 'rush'>;
  /** Load offered on average, as a multiple of all capacity. What fits no substation comes besides. */
  offered: number;
};

/** The three kinds of traffic that policies are compared on, at about twice what the grid can hold. */
export const trafficMixes: readonly TrafficMix[] = [
  { name: '7 to 22 kW', amountsKw: [7, 11, 22], profile: 'sustained', offered: 1.8 },
  { name: '7 to 150 kW', amountsKw: CHARGE_AMOUNTS_KW, profile: 'sustained', offered: 2.1 },
  { name: '7 to 150 kW, two peaks', amountsKw: CHARGE_AMOUNTS_KW, profile: 'rush', offered: 2.1 },
];

/**
 * How long sessions last: 10 s, or by priority 7, 10 or 13 s as at a substation; ± 20 % at random. `even` compares
 * routings fairly: where lengths differ much, most of what the bound gains comes from preferring short sessions, and no
 * router knows them.
 */
export type SessionLengths = 'even' | 'by-priority';

/** Of a session of normal priority: the contract's default. */
const SESSION_MS = 10_000;

/** As a multiple of SESSION_MS. Their mean, weighted as vehicles are drawn, is 1. */
const PRIORITY_FACTOR = { high: 0.7, normal: 1, low: 1.3 };

/** Draws the requests that come to these substations within `durationMs`, in order of arrival. */
export function drawTraffic(
  mix: TrafficMix,
  sessions: SessionLengths,
  capacitiesKw: readonly number[],
  durationMs: number,
  random: SeededRandom,
): PlannedRequest[] {
  const { amountsKw, profile, offered } = mix;
  const largest = Math.max(...capacitiesKw);
  const loadPerRequestKw = sum(amountsKw.filter((kw) => kw <= largest)) / amountsKw.length;
  const rate = (offered * sum(capacitiesKw)) / (loadPerRequestKw * (SESSION_MS / 1_000));
  return drawArrivals({ profile, rate, durationMs }, random).map((arrivesAt) => {
    const vehicle = drawVehicle(random, amountsKw);
    const factor = sessions === 'even' ? 1 : PRIORITY_FACTOR[vehicle.priority];
    return { ...vehicle, arrivesAt, lastsMs: SESSION_MS * factor * (0.8 + 0.4 * random.fraction()) };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
