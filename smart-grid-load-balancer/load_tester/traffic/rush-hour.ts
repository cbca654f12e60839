import { setMaxListeners } from 'node:events';
import { sleep } from '@gridclock/service-kit/scheduler';
import { SeededRandom } from '@gridclock/simulation-kit';
import { drawPauseMs, drawVehicle } from '../../workload/arrivals.ts';
import { createRecorder, type Run, type RunOptions } from '../../workload/recorder.ts';

export type RushHourOptions = RunOptions & {
  /** How many workers send requests concurrently. */
  workers: number;
  /** For how long requests are sent, in milliseconds. */
  durationMs: number;
  /** Ends the run early, after this many requests. */
  maxRequests?: number;
};

/**
 * A closed loop: each worker sends a vehicle, waits for the response, pauses 0.1 to 2 s, and sends the next.
 * A slow grid therefore receives fewer requests.
 *
 * @returns once every request got a response, timed out or was abandoned; never rejects because of the grid
 */
export async function runRushHour(options: RushHourOptions): Promise<Run> {
  const { scheduler, seed, workers, durationMs, maxRequests = Number.POSITIVE_INFINITY } = options;
  const recorder = createRecorder(options);
  const timeUp = new AbortController();
  const ended = AbortSignal.any([timeUp.signal, recorder.interrupted]);
  // Every pausing worker listens.
  setMaxListeners(0, ended);

  const random = new SeededRandom(seed);
  // All workers share one sequence of vehicles, so that it does not depend on the grid's speed.
  const vehicles = random.fork();
  let sent = 0;
  const work = async (pauses: SeededRandom) => {
    while (!ended.aborted && sent < maxRequests) {
      sent += 1;
      await recorder.send(drawVehicle(vehicles));
      if (sent < maxRequests) await sleep(scheduler, drawPauseMs(pauses), ended);
    }
  };
  const cancelDeadline = scheduler.after(durationMs, () => timeUp.abort());
  await Promise.all(Array.from({ length: workers }, () => work(random.fork())));
  cancelDeadline();
  return recorder.finish();
}
