import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ServiceClient } from '@gridclock/service-kit';
import { RetryBudget } from '@gridclock/service-kit/retry-budget';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { afterEach, describe, expect, it } from 'vitest';
import { BalancerClient } from '../../charge_request_service/balancer-client.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';

const PARALLEL = 5;
const HEDGE_AFTER_MS = 100;

let server: HttpServer | undefined;

afterEach(async () => {
  await server?.close();
});

/** Starts a client, whose budget allows one retry, with pooled connections to a balancer. */
async function startWithPool(respond: (request: IncomingMessage, accept: () => void) => void) {
  const pool = new Set<Socket>();
  const warmUp: (() => void)[] = [];
  let received = 0;
  server = await startHttpServer((request: IncomingMessage, response: ServerResponse) => {
    received += 1;
    const accept = () => {
      response.writeHead(200, { 'content-type': 'application/json', 'request-copy': 'shared' });
      response.end('{"status":"accepted"}');
    };
    if (received > PARALLEL) return respond(request, accept);
    pool.add(request.socket);
    warmUp.push(accept);
    if (warmUp.length === PARALLEL) for (const acceptFirst of warmUp) acceptFirst();
  });
  let ids = 0;
  const client = new BalancerClient({
    http: new ServiceClient({ baseUrl: server.url, timeoutMs: 10_000 }),
    scheduler: realScheduler,
    random: () => 0.5,
    timeoutMs: 10_000,
    hedgeAfterMs: HEDGE_AFTER_MS,
    newId: () => `copy-${++ids}`,
    retryBudget: new RetryBudget({ share: 0, minPerS: 0.1, now: () => 0 }),
  });
  const charge = async (id: number) => {
    const request = {
      vehicle_id: 'EV_1',
      charge_amount: 1,
      priority: 'normal',
      request_id: `r${id}`,
    } as const;
    const { result } = await client.charge(request, 'new');
    return 'unreachable' in result ? result : result.status;
  };
  const chargeAll = () => Promise.all(Array.from({ length: PARALLEL }, (_, index) => charge(index)));
  expect(await chargeAll()).toEqual(Array(PARALLEL).fill(200));
  const read = () => client.call('GET', '/sessions/s1~1', {});
  return { chargeAll, pool, read, received: () => received - PARALLEL };
}

describe('a balancer', () => {
  it('gets every charge again when all pooled connections are dead', async () => {
    const { chargeAll, pool, received } = await startWithPool((request, accept) => {
      if (!pool.has(request.socket)) accept();
    });
    expect(await chargeAll()).toEqual(Array(PARALLEL).fill(200));
    expect(received()).toBe(2 * PARALLEL);
  });

  it('gets a read again on a new connection when the pooled ones are dead', async () => {
    const { pool, read, received } = await startWithPool((request, accept) => {
      if (!pool.has(request.socket)) accept();
    });
    expect(await read()).toMatchObject({ status: 200 });
    expect(received()).toBe(2);
  });

  it('gets no copies beyond the budget when it is slow', async () => {
    const { chargeAll, received } = await startWithPool((_request, accept) => {
      setTimeout(accept, 3 * HEDGE_AFTER_MS);
    });
    expect(await chargeAll()).toEqual(Array(PARALLEL).fill(200));
    expect(received()).toBeLessThanOrEqual(PARALLEL + 1);
  });
});
