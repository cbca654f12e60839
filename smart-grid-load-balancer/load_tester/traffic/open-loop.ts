import { setMaxListeners } from 'node:events';
import { SeededRandom } from '@gridclock/simulation-kit';
import { drawVehicle } from '../../workload/arrivals.ts';
import { type ArrivalsOptions, drawArrivals } from '../../workload/profiles.ts';
import type { GridClient } from '../grid-client.ts';
import { createRecorder, type Run, type RunObserver } from '../recorder.ts';
import { pause } from './pause.ts';

export type OpenLoopOptions = ArrivalsOptions & {
  grid: GridClient;
  /** The same seed plans the same vehicles at the same times. */
  seed: number;
  /** Ends the run earlier, once so many requests were sent. */
  maxRequests?: number;
  observer?: RunObserver;
  /** Ends the run now: requests under way are given up. */
  interrupted?: AbortSignal;
};

/**
 * Sends each vehicle at its planned time, however slow the grid answers the others, and counts response times
 * from the plan: a grid that stalls is asked as much as before, and every request that had to wait says so (no
 * coordinated omission).
 *
 * @returns what happened, once every request has been answered or has timed out
 */
export async function runOpenLoop(options: OpenLoopOptions): Promise<Run> {
  const { grid, seed, maxRequests, observer = {} } = options;
  const interrupted = options.interrupted ?? new AbortController().signal;
  // Every request under way listens, and how many there are is the grid's doing.
  setMaxListeners(0, interrupted);
  const random = new SeededRandom(seed);
  const plan = drawArrivals(options, random)
    .slice(0, maxRequests)
    .map((atMs) => ({ atMs, request: drawVehicle(random) }));

  const recorder = createRecorder(grid, observer, interrupted);
  const underWay: Promise<void>[] = [];
  for (const { atMs, request } of plan) {
    // Timers know whole milliseconds and may come early: what is sent before its time would look fast.
    while (recorder.elapsedMs() < atMs && !interrupted.aborted) {
      await pause(Math.ceil(atMs - recorder.elapsedMs()), interrupted);
    }
    if (interrupted.aborted) break;
    underWay.push(recorder.send(request, atMs));
  }
  // A quiet end belongs to the run: rates are over the whole of it.
  if (plan.length !== maxRequests) await pause(options.durationMs - recorder.elapsedMs(), interrupted);
  await Promise.all(underWay);
  return recorder.finish();
}
