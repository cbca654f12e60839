import { SeededRandom } from '@gridclock/simulation-kit/random';
import { DEFAULT_MAX_HOPS } from '../../smart-grid-load-balancer/load_balancer/routing/routing-order.ts';
import { balancerRouter } from '../../smart-grid-load-balancer/simulation/balancer-router.ts';
import { originalRouter } from '../../smart-grid-load-balancer/simulation/original-router.ts';
import { type SimulationResult, simulate } from '../../smart-grid-load-balancer/simulation/simulate.ts';
import { drawTraffic, trafficMixes } from '../../smart-grid-load-balancer/simulation/traffic.ts';
import { acceptedLoadBound } from '../../smart-grid-load-balancer/workload/accepted-load-bound.ts';
import { type Decision, DecisionRecorder } from './decision-recorder.ts';
import { type Contender, contenders, type GridScenario, mixNames } from './grid-scenario.ts';

/** A run: every decision, and the totals. */
export type GridRun = { decisions: readonly Decision[]; result: SimulationResult; ids: readonly string[] };

/** A minute, like the contract's rush hour. */
export const RUN_MS = 60_000;

type Setting = Omit<GridScenario, 'decision'>;

/** Routes a minute of traffic on virtual time. The same scenario always gives the same run. */
export function runGrid({ capacitiesKw, policy, mix, pollMs, seed }: Setting): GridRun {
  const random = new SeededRandom(seed);
  const trafficMix = trafficMixes[mixNames.indexOf(mix)];
  if (trafficMix === undefined) throw new RangeError(`no traffic mix ${mix}`);
  // Drawn first, so that every policy gets the same traffic.
  const traffic = drawTraffic(trafficMix, 'even', capacitiesKw, RUN_MS, random);
  const recorder = new DecisionRecorder(traffic);
  const ids = capacitiesKw.map((_, index) => `substation_${index + 1}`);
  const result = simulate({
    capacitiesKw,
    traffic,
    pollIntervalMs: pollMs,
    // The original asks one substation, and never another.
    maxHops: DEFAULT_MAX_HOPS,
    random,
    createRouter: () =>
      recorder.around(
        policy === 'original' ? originalRouter(ids) : balancerRouter(ids, policy, pollMs, random),
        ids,
      ),
  });
  return { decisions: recorder.decisions, result, ids };
}

/** Returns the load that is true at a substation when a decision falls, by id, in kW. */
export function trueLoads({ decisions, ids }: GridRun, index: number): ReadonlyMap<string, number> {
  const loads = new Map(ids.map((id) => [id, 0]));
  const now = decisions[index]?.request.arrivesAt ?? 0;
  for (const { request, asked } of decisions.slice(0, index)) {
    const at = asked.find(({ accepted }) => accepted)?.id;
    if (at !== undefined && request.arrivesAt + request.durationMs > now)
      loads.set(at, (loads.get(at) ?? 0) + request.charge_amount);
  }
  return loads;
}

/** The load accepted so far, and its bound. Time in ms, load in kW. */
export type Progress = { at: number; acceptedKw: number; boundKw: number };

/** A point for each second: a chart has no room for more. */
const POINTS = 60;

/** Sums up the accepted load over the run, and the most that any routing could have accepted. */
export function progressOf({ decisions }: GridRun, capacitiesKw: readonly number[]): Progress[] {
  return Array.from({ length: POINTS + 1 }, (_, point) => {
    const at = (point * RUN_MS) / POINTS;
    const past = decisions.filter(({ request }) => request.arrivesAt <= at);
    const demands = past.map(({ request: { arrivesAt, durationMs, charge_amount } }) => ({
      startsAt: arrivesAt,
      endsAt: arrivesAt + durationMs,
      kw: charge_amount,
    }));
    const accepted = past.filter(({ asked }) => asked.some((one) => one.accepted));
    return {
      at,
      acceptedKw: accepted.reduce((sum, { request }) => sum + request.charge_amount, 0),
      boundKw: acceptedLoadBound(demands, capacitiesKw),
    };
  });
}

/** Runs every policy on the same traffic. Returns accepted load / bound for each, best first. */
export function comparePolicies(scenario: Setting): { policy: Contender; share: number; rejected: number }[] {
  return contenders
    .map((policy) => {
      const { acceptedKw, boundKw, rejected } = runGrid({ ...scenario, policy }).result;
      return { policy, share: boundKw === 0 ? 1 : acceptedKw / boundKw, rejected };
    })
    .sort((left, right) => right.share - left.share);
}
