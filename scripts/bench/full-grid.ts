import { createServer, type Server } from 'node:http';
import type { IdentifiedChargeRequest } from '@gridclock/grid-protocol';
import { createLogger, createRegistry } from '@gridclock/service-kit';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { createBalancer } from '../../smart-grid-load-balancer/load_balancer/balancer.ts';
import { createHttpTransport } from '../../smart-grid-load-balancer/load_balancer/transport/http-transport.ts';

export type FullGridOptions = {
  substations: number;
  maxHops: number;
  /** The number of refused requests. */
  requests: number;
  /** How many requests are in flight at once. */
  concurrency: number;
};

/** The cost of refusing one request on a full grid. Times in milliseconds. */
export type RefusalCost = { messages: number; meanMs: number; p99Ms: number };

const CAPACITY_KW = 100;
/** 60 s, so that the polls of a large grid hardly disturb the measurement. */
const POLL_INTERVAL_MS = 60_000;
const REQUEST_TIMEOUT_MS = 5_000;

/** Measures what a refusal costs on a grid of full substations, over HTTP on this machine. */
export async function measureRefusals(options: FullGridOptions): Promise<RefusalCost> {
  const { concurrency, maxHops, requests, substations } = options;
  const grid = await startFullGrid();
  const { fleet, pipeline } = createBalancer(
    {
      pollIntervalMs: POLL_INTERVAL_MS,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      connectTimeoutMs: REQUEST_TIMEOUT_MS,
      policyName: 'least-load',
      maxHops,
      maxQueue: 0,
      maxWaitMs: 0,
      memory: { rememberMs: 1, limit: 1 },
      adminToken: undefined,
    },
    {
      transport: createHttpTransport({
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
        pollTimeoutMs: REQUEST_TIMEOUT_MS,
        connectTimeoutMs: REQUEST_TIMEOUT_MS,
      }),
      scheduler: realScheduler,
      wallClock: Date.now,
      random: Math.random,
      logger: createLogger('bench', 'silent'),
      registry: createRegistry(),
    },
  );
  for (let index = 0; index < substations; index += 1)
    fleet.add({ id: `s${index}`, url: `${grid.url}/s${index}` });
  while (!fleet.allPolled) await new Promise((resolve) => setTimeout(resolve, 50));

  const latencies: number[] = [];
  let next = 0;
  const work = async () => {
    while (next < requests) {
      const startedAt = performance.now();
      next += 1;
      const placement = await pipeline.place(requestOf(next), 'new');
      if (placement.kind !== 'full') throw new Error(`the request was not refused: ${placement.kind}`);
      latencies.push(performance.now() - startedAt);
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    fleet.stop();
    grid.server.close();
    grid.server.closeAllConnections();
  }
  latencies.sort((a, b) => a - b);
  return {
    messages: grid.charges() / requests,
    meanMs: latencies.reduce((sum, ms) => sum + ms, 0) / latencies.length,
    p99Ms: latencies[Math.floor(0.99 * latencies.length)] ?? 0,
  };
}

function requestOf(index: number): IdentifiedChargeRequest {
  return { vehicle_id: `EV_${index}`, charge_amount: 22, priority: 'normal', request_id: `r${index}` };
}

/** Starts one server that is every substation, under a path each. */
async function startFullGrid(): Promise<{ url: string; server: Server; charges: () => number }> {
  let charges = 0;
  const refusal = JSON.stringify({
    error: 'Insufficient capacity',
    current_load: CAPACITY_KW,
    max_capacity: CAPACITY_KW,
    available_capacity: 0,
  });
  const metrics = `substation_current_load ${CAPACITY_KW}\nsubstation_max_capacity ${CAPACITY_KW}\n`;
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === 'GET') {
      response.end(metrics);
      return;
    }
    charges += 1;
    response.writeHead(503, { 'content-type': 'application/json' }).end(refusal);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { url: `http://127.0.0.1:${address.port}`, server, charges: () => charges };
}
