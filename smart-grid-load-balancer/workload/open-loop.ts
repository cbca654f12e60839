import { sleep } from '@gridclock/service-kit/scheduler';
import { SeededRandom } from '@gridclock/simulation-kit';
import { drawVehicle } from './arrivals.ts';
import { type ArrivalsOptions, drawArrivals } from './profiles.ts';
import { createRecorder, type Run, type RunOptions } from './recorder.ts';

export type OpenLoopOptions = RunOptions &
  ArrivalsOptions & {
    /** Ends the run early, after this many requests. */
    maxRequests?: number;
  };

/**
 * Sends each vehicle at its planned time, however slowly the grid responds to the others. Response times count from
 * the planned time, so a stalled grid cannot hide its delay (no coordinated omission).
 *
 * @returns once every request got a response, timed out or was abandoned
 */
export async function runOpenLoop(options: OpenLoopOptions): Promise<Run> {
  const { scheduler, seed, durationMs, maxRequests } = options;
  const random = new SeededRandom(seed);
  const plan = drawArrivals(options, random)
    .slice(0, maxRequests)
    .map((atMs) => ({ atMs, request: drawVehicle(random) }));

  const recorder = createRecorder(options);
  const { elapsedMs, interrupted } = recorder;
  const inFlight: Promise<void>[] = [];
  for (const { atMs, request } of plan) {
    // Timers have a resolution of 1 ms and may fire early; a request sent early would look fast.
    while (elapsedMs() < atMs && !interrupted.aborted) {
      await sleep(scheduler, Math.ceil(atMs - elapsedMs()), interrupted);
    }
    if (interrupted.aborted) break;
    inFlight.push(recorder.send(request, atMs));
  }
  // The time after the last arrival is part of the run: rates are averages over all of it.
  if (plan.length !== maxRequests) await sleep(scheduler, durationMs - elapsedMs(), interrupted);
  await Promise.all(inFlight);
  return recorder.finish();
}
