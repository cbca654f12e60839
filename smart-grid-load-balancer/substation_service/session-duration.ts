import type { Priority } from '@gridclock/grid-protocol';

/** High priority charges faster, low priority slower. Given by the contract. */
const factors: Record<Priority, number> = { high: 0.7, normal: 1, low: 1.3 };

/** A high-priority session lasts at least this long, in seconds. Given by the contract. */
const SHORTEST_HIGH_PRIORITY_S = 5;

/** Vehicles differ: each session is this share longer or shorter. Given by the contract. */
const SPREAD = 0.2;

/**
 * How long a session lasts, in whole milliseconds.
 *
 * @param processingTimeS CHARGE_PROCESSING_TIME, in seconds
 * @param chance uniform in [0, 1)
 */
export function sessionDurationMs(priority: Priority, processingTimeS: number, chance: number): number {
  const seconds = processingTimeS * factors[priority] * (1 + SPREAD * (2 * chance - 1));
  return Math.round(1000 * (priority === 'high' ? Math.max(SHORTEST_HIGH_PRIORITY_S, seconds) : seconds));
}
