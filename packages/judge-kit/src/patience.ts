/** In milliseconds. A right program does what is asked within some. */
const SHORTEST_MS = 4_000;
const LONGEST_MS = 60_000;

/** How much longer a program has that did not do in time what it must. */
const AGAIN = 4;

/**
 * How long a program has for what it must do: ten times its own start. So a busy machine is no fault, and a real fault
 * costs seconds.
 */
export function patienceAfter(startMs: number): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, 10 * startMs));
}

/** How long it has when it was late: the machine may have been busy just then. */
export function morePatience(patienceMs: number): number {
  return Math.min(LONGEST_MS, AGAIN * patienceMs);
}
