import type { ChargeRequest } from '@gridclock/grid-protocol';
import type { GridClient } from './grid-client.ts';
import type { RequestRecord } from './outcome.ts';

/** Hears of a run while it goes on. Times are in milliseconds from its start. */
export type RunObserver = {
  requestEnded?: (record: RequestRecord) => void;
  /** `loads` is undefined when the balancer did not say. */
  loadsRead?: (loads: Record<string, number> | undefined, atMs: number) => void;
};

/** Sends requests and keeps what became of them. Its clock starts with it. */
export type Recorder = {
  /** Milliseconds since the start. */
  elapsedMs: () => number;
  /** Resolves when the request has ended, however it did. */
  send: (request: ChargeRequest) => Promise<void>;
  readLoads: () => Promise<void>;
  /** In the order in which they ended. */
  records: readonly RequestRecord[];
};

/** @param interrupted gives up the requests under way */
export function createRecorder(grid: GridClient, observer: RunObserver, interrupted: AbortSignal): Recorder {
  const origin = performance.now();
  const elapsedMs = () => performance.now() - origin;
  const records: RequestRecord[] = [];
  return {
    elapsedMs,
    records,
    async send(request) {
      const startedMs = elapsedMs();
      const outcome = await grid.charge(request, interrupted);
      const record = { request, startedMs, responseMs: elapsedMs() - startedMs, outcome };
      records.push(record);
      observer.requestEnded?.(record);
    },
    async readLoads() {
      const loads = await grid.loads();
      observer.loadsRead?.(loads, elapsedMs());
    },
  };
}
