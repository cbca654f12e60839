import type { SeededRandom } from '@gridclock/simulation-kit';
import { type InjectedFault, planFaults } from '@gridclock/simulation-kit';
import { later, OPENING_MS, planOpening } from '../opening-faults.ts';

/** Shorter than any session, so that none begins and ends while a substation is silent, and passes unseen. */
const LASTING = { shortestMs: 500, longestMs: 3_800 };

const FIRST_PART_MS = 12_000;

/** Until the strikes of the first part are over and what they left open is settled. */
const CALM_MS = 6_000;

const AMNESIA_MS = 5_500;

const SECOND_PART_MS = 8_000;

/** For how long vehicles arrive, in milliseconds. */
export const GRID_STRIKES_MS = OPENING_MS + FIRST_PART_MS + CALM_MS + AMNESIA_MS + SECOND_PART_MS;

/**
 * What strikes the grid, in two parts after the opening. In the first, substations may also be cut off, and the entry
 * loses its memory; in the second, the balancer does. Not at once: a balancer that starts anew finds its substations by
 * DNS, which does not name one that is cut off, and takes the entry's word for which requests are new.
 */
export function planGridStrikes(
  substations: readonly string[],
  balancer: string,
  entry: string,
  random: SeededRandom,
): InjectedFault[] {
  const plan = (
    nodes: readonly string[],
    everyMs: number,
    untilMs: number,
    weights: Parameters<typeof planFaults>[0]['weights'],
  ) => planFaults({ nodes, untilMs, everyMs, lasting: LASTING, weights }, random);
  const first = [
    ...plan(substations, 1_500, FIRST_PART_MS, { kill: 1, crash: 1, pause: 3, disconnect: 2 }),
    ...plan([entry], 6_000, FIRST_PART_MS, { kill: 1 }),
  ];
  const second = [
    ...plan([balancer], 3_000, SECOND_PART_MS, { kill: 3, crash: 1 }),
    ...plan(substations, 1_500, SECOND_PART_MS, { kill: 1, crash: 1, pause: 4 }),
  ];
  const secondAtMs = OPENING_MS + FIRST_PART_MS + CALM_MS;
  return [
    ...planOpening(substations, random),
    ...later(first, OPENING_MS),
    ...later(planAmnesia(random.pick(substations), balancer), secondAtMs),
    ...later(second, secondAtMs + AMNESIA_MS),
  ].sort((a, b) => a.atMs - b.atMs);
}

/** A balancer that loses its memory while a substation owes it answers, whatever the seed: a pause may begin a second late. */
function planAmnesia(substation: string, balancer: string): InjectedFault[] {
  return [
    { kind: 'pause', nodes: [substation], atMs: 500, forMs: 3_500 },
    { kind: 'kill', nodes: [balancer], atMs: 1_800, forMs: 400 },
  ];
}
