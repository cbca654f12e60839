import { SeededRandom } from '@gridclock/simulation-kit';
import { drawVehicle } from '../../workload/arrivals.ts';
import { createRecorder, type Run, type RunOptions } from '../../workload/recorder.ts';

export const SIMPLE_REQUESTS = 5;

/** Small enough that an idle grid accepts all five, so a rejection means that something is wrong. */
const AMOUNTS_KW = [7, 11, 22] as const;

/** A smoke test: sends five requests, one after another. */
export async function runSimple(options: RunOptions): Promise<Run> {
  const recorder = createRecorder(options);
  const random = new SeededRandom(options.seed);
  for (let sent = 0; sent < SIMPLE_REQUESTS && !recorder.interrupted.aborted; sent += 1) {
    await recorder.send(drawVehicle(random, AMOUNTS_KW));
  }
  return recorder.finish();
}
