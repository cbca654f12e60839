import { SeededRandom } from '@gridclock/simulation-kit';
import { drawVehicle } from '../../workload/arrivals.ts';
import type { GridClient } from '../grid-client.ts';
import { createRecorder, type Run, type RunObserver } from '../recorder.ts';

export type SimpleOptions = {
  grid: GridClient;
  /** The same seed sends the same vehicles. */
  seed: number;
  observer?: RunObserver;
  /** Ends the run now. */
  interrupted?: AbortSignal;
};

const REQUESTS = 5;

/** Small enough that an idle grid takes all five: a rejection here tells something. */
const AMOUNTS_KW = [7, 11, 22] as const;

/** The smoke test: five requests, one after another. */
export async function runSimple({ grid, seed, observer = {}, ...options }: SimpleOptions): Promise<Run> {
  const interrupted = options.interrupted ?? new AbortController().signal;
  const recorder = createRecorder(grid, observer, interrupted);
  const random = new SeededRandom(seed);
  for (let sent = 0; sent < REQUESTS && !interrupted.aborted; sent += 1) {
    await recorder.send(drawVehicle(random, AMOUNTS_KW));
  }
  return recorder.finish();
}
