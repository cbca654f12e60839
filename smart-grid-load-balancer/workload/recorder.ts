import { setMaxListeners } from 'node:events';
import type { ChargeRequest } from '@gridclock/grid-protocol';
import { repeat, type Scheduler } from '@gridclock/service-kit/scheduler';
import type { GridClient, GridStatus } from './grid-client.ts';
import type { RequestRecord } from './outcome.ts';

/** Observes a run in progress. Times are in milliseconds from its start. */
export type RunObserver = {
  onRequestEnded?: (record: RequestRecord) => void;
  /** Called every ten seconds and at the end. `status` is undefined when the balancer did not report it. */
  onLoads?: (status: GridStatus | undefined, atMs: number) => void;
};

/** The options of every kind of run. */
export type RunOptions = {
  grid: GridClient;
  scheduler: Scheduler;
  /** The same seed sends the same vehicles in the same order. */
  seed: number;
  observer?: RunObserver;
  /** Ends the run now: requests in flight are cancelled and recorded as abandoned. */
  interrupted?: AbortSignal;
};

/** The substations' loads at one moment, in kW by id. */
type LoadSample = { atMs: number; loads: Record<string, number> };

/** The record of a run. Requests are listed in the order in which they ended. */
export type Run = {
  records: readonly RequestRecord[];
  samples: readonly LoadSample[];
  durationMs: number;
  /** Present if the run was stopped before its end. */
  interrupted?: true;
};

/** Sends the requests of one run and records their outcomes. The run starts when the recorder is created. */
export type Recorder = {
  interrupted: AbortSignal;
  /** Milliseconds since the start. */
  elapsedMs: () => number;
  /**
   * Resolves when the request has ended; never rejects.
   *
   * @param plannedMs when the request was due: the response time includes any delay of this process
   */
  send: (request: ChargeRequest, plannedMs?: number) => Promise<void>;
  /** Takes the last sample. */
  finish: () => Promise<Run>;
};

/** 1 s: sessions last seconds, and one status request per second is no load for a balancer. */
const SAMPLE_EVERY_MS = 1_000;

/** The contract reports loads every 10 s. */
const SAMPLES_PER_REPORT = 10;

/** Starts recording a run. */
export function createRecorder({ grid, scheduler, observer = {}, ...options }: RunOptions): Recorder {
  const { interrupted = new AbortController().signal } = options;
  // Every request in flight listens, and the grid's speed decides how many those are.
  setMaxListeners(0, interrupted);
  const origin = scheduler.now();
  const elapsedMs = () => scheduler.now() - origin;
  const records: RequestRecord[] = [];
  const samples: LoadSample[] = [];
  let sampled = 0;
  const stopSampling = repeat(scheduler, SAMPLE_EVERY_MS, () => {
    sampled += 1;
    void sample(sampled % SAMPLES_PER_REPORT === 0);
  });
  return {
    interrupted,
    elapsedMs,
    async send(request, plannedMs = elapsedMs()) {
      const outcome = await grid.charge(request, interrupted);
      const record = { request, startedMs: plannedMs, responseMs: elapsedMs() - plannedMs, outcome };
      records.push(record);
      observer.onRequestEnded?.(record);
    },
    async finish() {
      stopSampling();
      const durationMs = elapsedMs();
      if (!interrupted.aborted) await sample(true);
      return { records, samples, durationMs, ...(interrupted.aborted ? { interrupted: true } : {}) };
    },
  };

  async function sample(report: boolean): Promise<void> {
    const status = await grid.status();
    const atMs = elapsedMs();
    if (status !== undefined) samples.push({ atMs, loads: status.loads });
    if (report) observer.onLoads?.(status, atMs);
  }
}
