import { type FaultPlan, type InjectedFault, planFaults, type SeededRandom } from '@gridclock/simulation-kit';
import { delayFaults, OPENING_MS, planOpening } from '../opening-faults.ts';

/** Shorter than any session, so that none starts and ends unobserved while a substation is unreachable. */
const LASTING = { shortestMs: 500, longestMs: 3_800 };

const FIRST_PHASE_MS = 12_000;

/** Time to end the first phase's faults and settle the requests they left open. */
const CALM_MS = 6_000;

/** One gray failure and one lost connection pool, and time to settle the requests they left open. */
const GRAY_PHASE_MS = 16_000;

const BALANCER_RESTART_MS = 5_500;

const SECOND_PHASE_MS = 8_000;

/** How long vehicles arrive, in milliseconds. */
export const GRID_FAULTS_MS =
  OPENING_MS + FIRST_PHASE_MS + CALM_MS + GRAY_PHASE_MS + BALANCER_RESTART_MS + SECOND_PHASE_MS;

/**
 * Plans the faults of the grid: the opening, two random phases, and a gray failure and dead connections between them.
 * Both phases kill substations, with their disk kept and with it lost, disconnect them and kill the entry; the second
 * kills the balancer meanwhile, which then remembers what it has asked whom.
 */
export function planGridFaults(
  substations: readonly string[],
  balancer: string,
  entry: string,
  random: SeededRandom,
): InjectedFault[] {
  const plan = (nodes: readonly string[], everyMs: number, untilMs: number, weights: FaultPlan['weights']) =>
    planFaults({ nodes, untilMs, everyMs, lasting: LASTING, weights }, random);
  const first = [
    ...plan(substations, 1_500, FIRST_PHASE_MS, { kill: 1, crash: 1, wipe: 1, pause: 3, disconnect: 2 }),
    ...plan([entry], 6_000, FIRST_PHASE_MS, { kill: 1 }),
  ];
  const second = [
    ...plan([balancer], 3_000, SECOND_PHASE_MS, { kill: 3, crash: 1 }),
    ...plan(substations, 1_500, SECOND_PHASE_MS, { kill: 1, crash: 1, wipe: 1, pause: 3, disconnect: 1 }),
    ...plan([entry], 4_000, SECOND_PHASE_MS, { kill: 1 }),
  ];
  const grayAtMs = OPENING_MS + FIRST_PHASE_MS + CALM_MS;
  const restartAtMs = grayAtMs + GRAY_PHASE_MS;
  return [
    ...planOpening(substations, random),
    ...delayFaults(first, OPENING_MS),
    ...delayFaults(planGrayPhase(random.pick(substations), balancer), grayAtMs),
    ...delayFaults(planBalancerRestart(random.pick(substations), balancer), restartAtMs),
    ...delayFaults(second, restartAtMs + BALANCER_RESTART_MS),
  ].sort((a, b) => a.atMs - b.atMs);
}

/**
 * Plans a substation that answers polls while its charges hang, and then dead connections on both sides of the balancer.
 * Both change addresses, so that the others need a lookup to find the service again.
 */
function planGrayPhase(substation: string, balancer: string): InjectedFault[] {
  return [
    { kind: 'gray', nodes: [substation], atMs: 500, forMs: 4_000 },
    { kind: 'readdress', nodes: [balancer], atMs: 9_000, forMs: 1_000 },
  ];
}

/**
 * Plans a restart of the balancer while a substation owes it responses, whatever the seed.
 * The pause is long because it may begin a second late.
 */
function planBalancerRestart(substation: string, balancer: string): InjectedFault[] {
  return [
    { kind: 'pause', nodes: [substation], atMs: 500, forMs: 3_500 },
    { kind: 'kill', nodes: [balancer], atMs: 1_800, forMs: 400 },
  ];
}
