import type { ChargeRequest } from '@gridclock/grid-protocol';
import type { RequestRecord } from '../workload/outcome.ts';
import type { GridClient, GridStatus } from './grid-client.ts';

/** Hears of a run while it goes on. Times are in milliseconds from its start. */
export type RunObserver = {
  requestEnded?: (record: RequestRecord) => void;
  /** Every ten seconds and at the end; `status` is undefined when the balancer did not say. */
  loadsRead?: (status: GridStatus | undefined, atMs: number) => void;
};

/** The substations' loads at one moment, in kW by id. */
type LoadSample = { atMs: number; loads: Record<string, number> };

/** What happened in a run, in the order in which it ended. */
export type Run = {
  records: readonly RequestRecord[];
  samples: readonly LoadSample[];
  durationMs: number;
};

/** Sends requests and keeps what became of them. Its clock starts with it. */
export type Recorder = {
  /** Milliseconds since the start. */
  elapsedMs: () => number;
  /**
   * Resolves when the request has ended, however it did.
   *
   * @param plannedMs when it should have been sent: what it waited for this process counts as response time
   */
  send: (request: ChargeRequest, plannedMs?: number) => Promise<void>;
  /** Samples the loads for the last time. */
  finish: () => Promise<Run>;
};

/** Fine enough to draw sessions that last seconds, and one request a second does not disturb a balancer. */
const SAMPLE_EVERY_MS = 1_000;

/** The contract's rhythm for telling loads: ten seconds. */
const SAMPLES_PER_LINE = 10;

/** @param interrupted gives up the requests under way */
export function createRecorder(grid: GridClient, observer: RunObserver, interrupted: AbortSignal): Recorder {
  const origin = performance.now();
  const elapsedMs = () => performance.now() - origin;
  const records: RequestRecord[] = [];
  const samples: LoadSample[] = [];
  const sample = async (tell: boolean) => {
    const status = await grid.status();
    const atMs = elapsedMs();
    if (status !== undefined) samples.push({ atMs, loads: status.loads });
    if (tell) observer.loadsRead?.(status, atMs);
  };
  let ticks = 0;
  const sampling = setInterval(() => {
    ticks += 1;
    void sample(ticks % SAMPLES_PER_LINE === 0);
  }, SAMPLE_EVERY_MS);
  return {
    elapsedMs,
    async send(request, plannedMs = elapsedMs()) {
      const outcome = await grid.charge(request, interrupted);
      const record = { request, startedMs: plannedMs, responseMs: elapsedMs() - plannedMs, outcome };
      records.push(record);
      observer.requestEnded?.(record);
    },
    async finish() {
      clearInterval(sampling);
      const durationMs = elapsedMs();
      if (!interrupted.aborted) await sample(true);
      return { records, samples, durationMs };
    },
  };
}
