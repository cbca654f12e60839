import { realScheduler } from '@gridclock/service-kit/scheduler';
import type { GridClient } from 'smart-grid-load-balancer/workload/grid-client';
import { createHttpGridClient } from 'smart-grid-load-balancer/workload/http-grid-client';
import { runOpenLoop } from 'smart-grid-load-balancer/workload/open-loop';
import type { RequestRecord } from 'smart-grid-load-balancer/workload/outcome';

export type ChargingLoadOptions = {
  /** The URLs of the public entry's tasks; requests go to them in turn. */
  entryUrls: readonly string[];
  balancerUrl: string;
  seed: number;
};

export type ChargingLoad = {
  /** The power of all sessions according to the balancer, in kW. */
  powerKw: () => Promise<number>;
  /** Stops sending, and resolves to all records once every request has its outcome. */
  stop: () => Promise<readonly RequestRecord[]>;
};

/** More than twice what six substations of 100 kW can take: 38 kW on average, for about ten seconds. */
const RATE_PER_S = 6;

/** Longer than any check takes; the load is stopped earlier. */
const DURATION_MS = 10 * 60_000;

/** Sends vehicles to the public entry until it is stopped. */
export function startChargingLoad({ balancerUrl, entryUrls, seed }: ChargingLoadOptions): ChargingLoad {
  const clients = entryUrls.map((chargeUrl) => createHttpGridClient({ chargeUrl, balancerUrl }));
  const [first] = clients;
  if (first === undefined) throw new Error('the public entry publishes no port');
  const never = new AbortController().signal;
  let sent = 0;
  const grid: GridClient = {
    ...first,
    charge(request) {
      const client = clients[sent % clients.length] ?? first;
      sent += 1;
      // Stopping cancels no open request: the outcome of each one is compared with the substations' counters.
      return client.charge(request, never);
    },
  };
  const stopped = new AbortController();
  const running = runOpenLoop({
    grid,
    scheduler: realScheduler,
    seed,
    rate: RATE_PER_S,
    profile: 'sustained',
    durationMs: DURATION_MS,
    interrupted: stopped.signal,
  });
  return {
    async powerKw() {
      const status = await first.status();
      return Object.values(status?.loads ?? {}).reduce((sum, load) => sum + load, 0);
    },
    async stop() {
      stopped.abort();
      return (await running).records;
    },
  };
}
