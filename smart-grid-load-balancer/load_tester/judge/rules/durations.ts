/** How much longer than CHARGE_PROCESSING_TIME a session of each priority lasts. */
const factors = { low: 1.3, normal: 1, high: 0.7 } as const;

export type Priority = keyof typeof factors;

export const priorities: readonly Priority[] = ['low', 'normal', 'high'];

/** 5 s: a session of high priority is at least as long. */
const SHORTEST_HIGH_SECONDS = 5;

/** Chance makes a session up to 20 % shorter or longer. */
const SPREAD = 0.2;

/** The shortest session that is right, in milliseconds, whether chance may shorten the 5 s of a high priority or not. */
export function shortestMs(priority: Priority, processingSeconds: number): number {
  return 1_000 * (1 - SPREAD) * meanSeconds(priority, processingSeconds);
}

/** The longest session that is right, in milliseconds. */
export function longestMs(priority: Priority, processingSeconds: number): number {
  return 1_000 * (1 + SPREAD) * meanSeconds(priority, processingSeconds);
}

function meanSeconds(priority: Priority, processingSeconds: number): number {
  const seconds = factors[priority] * processingSeconds;
  return priority === 'high' ? Math.max(SHORTEST_HIGH_SECONDS, seconds) : seconds;
}
