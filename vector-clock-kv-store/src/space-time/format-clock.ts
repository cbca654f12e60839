import { counterOf, type VectorClock } from '../causality/vector-clock.ts';

/** From this many lanes on, a vector of counters is harder to read than the entries with their names. */
const MAX_POSITIONS = 5;

/**
 * Formats a vector clock as in textbooks, one counter per lane: `[2 0 1]`. With many lanes, or entries of ids that no
 * lane is named after, as `node1:2 node3:1`.
 */
export function formatClock(clock: VectorClock, lanes: readonly string[]): string {
  const ids = Object.keys(clock);
  if (lanes.length <= MAX_POSITIONS && ids.every((id) => lanes.includes(id)))
    return `[${lanes.map((lane) => counterOf(clock, lane)).join(' ')}]`;
  return ids.length === 0 ? 'empty' : ids.map((id) => `${id}:${clock[id]}`).join(' ');
}

/** Formats a duration: 12 ms, 1.25 s, 2 min. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}
