import type { Priority } from '@gridclock/grid-protocol';

/** High priority charges faster, low priority slower. Fixed by the contract. */
const durationFactor: Record<Priority, number> = { high: 0.7, normal: 1, low: 1.3 };

/** The shortest high-priority session, in seconds. Fixed by the contract. */
const MIN_HIGH_PRIORITY_S = 5;

/** Vehicles differ: each session is up to 20 % shorter or longer. Fixed by the contract. */
const JITTER = 0.2;

/**
 * The duration of a session in whole milliseconds: `processingTimeS` × the priority's factor × (1 ± 20 %).
 *
 * @param processingTimeS CHARGE_PROCESSING_TIME, in seconds
 * @param random uniform in [0, 1)
 */
export function sessionDurationMs(priority: Priority, processingTimeS: number, random: number): number {
  const seconds = processingTimeS * durationFactor[priority] * (1 + JITTER * (2 * random - 1));
  return Math.round(1000 * (priority === 'high' ? Math.max(MIN_HIGH_PRIORITY_S, seconds) : seconds));
}
