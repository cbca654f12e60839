import { SeededRandom } from '@gridclock/simulation-kit';
import { type PolicyName, policyNames } from '../load_balancer/policies/index.ts';
import { DEFAULT_MAX_HOPS } from '../load_balancer/routing/routing-order.ts';
import { balancerRouter } from './balancer-router.ts';
import { originalRouter } from './original-router.ts';
import { type SimulationResult, simulate } from './simulate.ts';
import { drawTraffic, type SessionLengths, type TrafficMix, trafficMixes } from './traffic.ts';

/** One of the balancer's policies, or the routing of the original system. */
export type Contender = 'original' | PolicyName;

const contenders: readonly Contender[] = ['original', ...policyNames];

/** The size of a comparison: the grid, and for how long. */
export type Scale = {
  substations: number;
  /** How many runs, each with its own seed and an empty grid. */
  runs: number;
  durationMs: number;
  /** See SimulationOptions. */
  maxHops: number;
};

/**
 * A run lasts a minute, like the contract's rush hour. Small grids need many runs for two stable digits. With
 * 1,000 substations one short run is enough.
 */
export const scales: readonly Scale[] = [
  { substations: 3, runs: 60, durationMs: 60_000, maxHops: DEFAULT_MAX_HOPS },
  { substations: 30, runs: 6, durationMs: 60_000, maxHops: DEFAULT_MAX_HOPS },
  { substations: 1_000, runs: 1, durationMs: 20_000, maxHops: DEFAULT_MAX_HOPS },
];

/** The result of one contender for one traffic mix at one scale. */
export type Comparison = {
  substations: number;
  traffic: string;
  contender: Contender;
  requests: number;
  /** Accepted load / bound. */
  shareOfBound: number;
  /** Rejected requests / all requests. */
  shareRejected: number;
  hopsPerRequest: number;
  /** See SimulationResult. */
  utilizationSpread: number;
};

/** The contract's three substations, in kW; larger grids repeat them. */
const CAPACITIES_KW = [80, 120, 100] as const;

/** The default of this balancer and of the original. */
const POLL_INTERVAL_MS = { balancer: 1_000, original: 5_000 };

/** Compares all contenders on the same traffic. Yields one group per mix, with one comparison per contender. */
export function* compareRouting(
  scale: Scale,
  sessions: SessionLengths,
  seed: number,
): Generator<Comparison[]> {
  for (const mix of trafficMixes) {
    yield contenders.map((contender) => compare(scale, mix, sessions, contender, seed));
  }
}

function compare(
  scale: Scale,
  mix: TrafficMix,
  sessions: SessionLengths,
  contender: Contender,
  seed: number,
): Comparison {
  const { substations, runs, durationMs, maxHops } = scale;
  const capacitiesKw = Array.from({ length: substations }, (_, i) => CAPACITIES_KW[i % 3] ?? 0);
  const pollIntervalMs = contender === 'original' ? POLL_INTERVAL_MS.original : POLL_INTERVAL_MS.balancer;
  const results = Array.from({ length: runs }, (_, run) => {
    const random = new SeededRandom(seed + run);
    // Drawn first, so that every contender gets the same traffic.
    const traffic = drawTraffic(mix, sessions, capacitiesKw, durationMs, random);
    return simulate({
      capacitiesKw,
      traffic,
      pollIntervalMs,
      maxHops,
      random,
      createRouter: (ids) =>
        contender === 'original'
          ? originalRouter(ids)
          : balancerRouter(ids, contender, pollIntervalMs, random),
    });
  });
  const total = (figure: (result: SimulationResult) => number) =>
    results.reduce((sum, result) => sum + figure(result), 0);
  const requests = total((result) => result.requests);
  return {
    substations,
    traffic: mix.name,
    contender,
    requests,
    shareOfBound: total((result) => result.acceptedKw) / total((result) => result.boundKw),
    shareRejected: total((result) => result.rejected) / requests,
    hopsPerRequest: total((result) => result.hops) / requests,
    utilizationSpread: total((result) => result.utilizationSpread) / runs,
  };
}
