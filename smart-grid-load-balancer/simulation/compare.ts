import { SeededRandom } from '@gridclock/simulation-kit';
import { type PolicyName, policyNames } from '../load_balancer/policies/index.ts';
import { balancerRouter } from './balancer-router.ts';
import { originalRouter } from './original-router.ts';
import { type SimulationResult, simulate } from './simulate.ts';
import { drawTraffic, type SessionLengths, type TrafficMix, trafficMixes } from './traffic.ts';

/** A way of routing: one of the balancer's policies, or that of the system this suite ports. */
export type Contender = 'original' | PolicyName;

const contenders: readonly Contender[] = ['original', ...policyNames];

/** A grid to compare on, and for how long. */
export type Scale = {
  substations: number;
  /** Rush hours of different seeds, each from an empty grid. */
  runs: number;
  durationMs: number;
  /** See Simulation. */
  maxHops: number;
};

/**
 * An hour's rush is a minute, as in the contract. Small grids need many of them for two steady digits. At 1,000
 * substations one short run has more sessions than all others together; asking every one of them for
 * each request would take seconds, and a request that takes seconds is a waiting one, which no bound of
 * immediate answers holds for.
 */
export const scales: readonly Scale[] = [
  { substations: 3, runs: 60, durationMs: 60_000, maxHops: Number.POSITIVE_INFINITY },
  { substations: 30, runs: 6, durationMs: 60_000, maxHops: Number.POSITIVE_INFINITY },
  { substations: 1_000, runs: 1, durationMs: 20_000, maxHops: 10 },
];

/** How one contender did on one traffic at one scale. */
export type Comparison = {
  substations: number;
  traffic: string;
  contender: Contender;
  requests: number;
  /** Accepted kW over the bound. */
  shareOfBound: number;
  /** Of all requests. */
  shareRejected: number;
  hopsPerRequest: number;
  /** See SimulationResult. */
  utilizationSpread: number;
};

/** The contract's three substations, over and over, in kW. */
const CAPACITIES_KW = [80, 120, 100] as const;

/** The service's default, and the original's. */
const POLL_INTERVAL_MS = { balancer: 1_000, original: 5_000 };

/** Lets every contender route the same traffic. Yields one group per mix, one comparison per contender. */
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
    // Drawn before anything that differs between contenders, so that it is the same for all.
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
