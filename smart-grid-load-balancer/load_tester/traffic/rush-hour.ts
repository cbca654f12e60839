import { setMaxListeners } from 'node:events';
import { SeededRandom } from '@gridclock/simulation-kit';
import { drawPauseMs, drawVehicle } from '../../workload/arrivals.ts';
import type { GridClient } from '../grid-client.ts';
import { createRecorder, type Run, type RunObserver } from '../recorder.ts';
import { pause } from './pause.ts';

export type RushHourOptions = {
  grid: GridClient;
  /** The same seed sends the same vehicles in the same order. */
  seed: number;
  /** How many drivers send at once, each pausing 0.1 to 2 s between two requests. */
  workers: number;
  /** For how long requests are sent, in milliseconds. */
  durationMs: number;
  /** Ends the run earlier, once so many requests were sent. */
  maxRequests?: number;
  observer?: RunObserver;
  /** Ends the run now: requests under way are given up, what ended is summed up. */
  interrupted?: AbortSignal;
};

/**
 * The rush hour: workers that each send a vehicle, hear the answer, pause, and send the next. A slow grid is
 * asked less (a closed loop).
 *
 * @returns what happened, once every request has been answered or has timed out. It never rejects because of
 *   what the grid does
 */
export async function runRushHour(options: RushHourOptions): Promise<Run> {
  const { grid, seed, workers, durationMs, maxRequests = Number.POSITIVE_INFINITY, observer = {} } = options;
  const interrupted = options.interrupted ?? new AbortController().signal;
  const over = new AbortController();
  const end = () => over.abort();
  // Every worker listens to both, and the number of workers is the user's.
  setMaxListeners(0, over.signal, interrupted);
  if (interrupted.aborted) end();
  interrupted.addEventListener('abort', end);

  const recorder = createRecorder(grid, observer, interrupted);
  const chance = new SeededRandom(seed);
  // One list of vehicles for all workers: who sends the next one depends on the grid's speed, which one does not.
  const vehicles = chance.fork();
  let sent = 0;
  const work = async (pauses: SeededRandom) => {
    while (!over.signal.aborted && sent < maxRequests) {
      sent += 1;
      await recorder.send(drawVehicle(vehicles));
      if (sent < maxRequests) await pause(drawPauseMs(pauses), over.signal);
    }
  };
  const deadline = setTimeout(end, durationMs);
  await Promise.all(Array.from({ length: workers }, () => work(chance.fork())));
  clearTimeout(deadline);
  interrupted.removeEventListener('abort', end);
  return recorder.finish();
}
