import { realScheduler } from '@gridclock/service-kit/scheduler';
import { createGridClient, type GridClient } from 'smart-grid-load-balancer/workload/grid-client.ts';
import { runOpenLoop } from 'smart-grid-load-balancer/workload/open-loop.ts';
import type { RequestRecord } from 'smart-grid-load-balancer/workload/outcome.ts';

export type ChargingLoadOptions = {
  /** Where the tasks of the public entry are published; they are asked in turn. */
  entryUrls: readonly string[];
  balancerUrl: string;
  seed: number;
};

export type ChargingLoad = {
  /** The power of all sessions as the balancer sees it, in kW. */
  powerKw: () => Promise<number>;
  /** Sends no more, and resolves to what became of what was sent, once all of it is answered. */
  stop: () => Promise<readonly RequestRecord[]>;
};

/** More than twice what six substations of 100 kW can take: 38 kW on average, for about ten seconds. */
const RATE_PER_S = 6;

/** Longer than any check goes on; the load is stopped before. */
const DURATION_MS = 10 * 60_000;

/** Lets vehicles arrive at the public entry until it is stopped. */
export function startChargingLoad({ balancerUrl, entryUrls, seed }: ChargingLoadOptions): ChargingLoad {
  const clients = entryUrls.map((chargeUrl) => createGridClient({ chargeUrl, balancerUrl }));
  const [first] = clients;
  if (first === undefined) throw new Error('the public entry is published nowhere');
  const never = new AbortController().signal;
  let sent = 0;
  const grid: GridClient = {
    ...first,
    charge(request) {
      const client = clients[sent % clients.length] ?? first;
      sent += 1;
      // Stopping the load gives up no request that is under way: every one shall be told what became of it.
      return client.charge(request, never);
    },
  };
  const ended = new AbortController();
  const running = runOpenLoop({
    grid,
    scheduler: realScheduler,
    seed,
    rate: RATE_PER_S,
    profile: 'sustained',
    durationMs: DURATION_MS,
    interrupted: ended.signal,
  });
  return {
    async powerKw() {
      const status = await first.status();
      return Object.values(status?.loads ?? {}).reduce((sum, load) => sum + load, 0);
    },
    async stop() {
      ended.abort();
      return (await running).records;
    },
  };
}
