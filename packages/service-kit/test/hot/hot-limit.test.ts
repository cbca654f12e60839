import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { limitRate } from '../../src/credentials/rate-limit.ts';
import { BadRequestError } from '../../src/problems/errors.ts';
import { createLogger } from '../../src/process/logger.ts';
import { createServiceApp } from '../../src/requests/app.ts';
import { jsonHandler } from '../../src/requests/json-exchange.ts';
import type { JsonRequest, JsonResponse } from '../../src/requests/json-request.ts';
import { createRegistry } from '../../src/requests/metrics.ts';
import { createRouter } from '../../src/requests/router.ts';
import { type HotAndPlain, type Received, type Sent, serveHotAndPlain } from '../support/hot-and-plain.ts';

// The window of the limit; sockets keep their real timers.
beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'Date'] }));

let served: HotAndPlain;
afterEach(() => {
  served.close();
  vi.useRealTimers();
});

/** A body `{"how":"refused"}` is refused after its request was counted; one that is `cold` is left to the app. */
async function operate({ body }: JsonRequest): Promise<JsonResponse> {
  if (JSON.stringify(body).includes('refused')) throw new BadRequestError('how', 'is refused');
  return { status: 200, body: { done: body }, headers: { Vary: 'Accept' } };
}

function limitedApp(requestsPerS: number, trustedProxies: number) {
  const limit = limitRate(requestsPerS);
  const routes = createRouter();
  routes.post('/things', jsonHandler(operate));
  routes.get('/others', (_request, response) => {
    response.json({});
  });
  return createServiceApp({
    service: 'limited',
    logger: createLogger('test', 'silent'),
    registry: createRegistry(),
    routes,
    beforeBody: limit.check,
    hotRoutes: [
      {
        method: 'POST',
        path: '/things',
        limit: limit.hot,
        serve: (request) => (JSON.stringify(request.body).includes('cold') ? undefined : operate(request)),
      },
    ],
    trustedProxies,
  });
}

async function serve(requestsPerS: number, trustedProxies = 0): Promise<void> {
  served = await serveHotAndPlain(
    limitedApp(requestsPerS, trustedProxies),
    limitedApp(requestsPerS, trustedProxies),
  );
}

const post = (how: string, from?: string): Sent => ({
  path: '/things',
  body: JSON.stringify({ how }),
  headers: from === undefined ? {} : { 'x-forwarded-for': from },
});

/** Sends requests in turn, and expects the same responses of both apps. */
async function sendAll(requests: readonly Sent[]): Promise<Received[]> {
  const responses: Received[] = [];
  for (const request of requests) {
    const [hot, plain] = await served.send(request);
    expect(hot, JSON.stringify(request)).toEqual(plain);
    responses.push(hot);
  }
  return responses;
}

const statusesOf = (responses: readonly Received[]) => responses.map(({ status }) => status);
const repeated = (times: number, request: Sent) => Array.from({ length: times }, () => request);

const nextWindow = () => vi.advanceTimersByTime(1_000);

describe('a hot route with a rate limit', () => {
  it('responds as the app does within the limit, beyond it, and in the next window', async () => {
    await serve(5);
    const first = await sendAll(repeated(8, post('fast')));
    expect(statusesOf(first)).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
    expect(first[3]?.headers).toMatchObject({ ratelimit: '"5-in-1sec"; r=1; t=1' });
    expect(served.hotResponses()).toBe(4);
    nextWindow();
    expect(statusesOf(await sendAll(repeated(6, post('fast'))))).toEqual([200, 200, 200, 200, 200, 429]);
    expect(served.hotResponses()).toBe(9);
    const [hot, plain] = await served.counts();
    expect(hot.sort()).toEqual(plain.sort());
  });

  it('counts a request once, whichever path it takes and however it ends', async () => {
    await serve(8);
    const other: Sent = { path: '/others' };
    const responses = await sendAll([
      post('fast'),
      post('fast'),
      post('cold'),
      other,
      post('refused'),
      post('fast'),
      other,
      post('cold'),
      post('fast'),
      other,
    ]);
    expect(statusesOf(responses)).toEqual([200, 200, 200, 200, 400, 200, 200, 200, 429, 429]);
    expect(served.hotResponses()).toBe(2);
  });

  it('counts per address that a trusted proxy reports, an IPv6 client by its network', async () => {
    await serve(2, 1);
    const from = (...addresses: string[]) => addresses.map((address) => post('fast', address));
    const [v4, other] = ['198.51.100.7', '198.51.100.8'];
    expect(statusesOf(await sendAll(from(v4, v4, v4, other)))).toEqual([200, 200, 429, 200]);
    expect(statusesOf(await sendAll(from(`${v4}, ${other}`, `${v4},${other}`)))).toEqual([200, 429]);
    const network = from('2001:db8::1', '2001:db8:0:1::2', '2001:db8::3', '2001:db8:0:100::1');
    expect(statusesOf(await sendAll(network))).toEqual([200, 200, 429, 200]);
    expect(statusesOf(await sendAll(from('::ffff:192.0.2.1', '192.0.2.1', '192.0.2.1')))).toEqual([
      200, 200, 429,
    ]);
    expect(served.hotResponses()).toBeGreaterThan(5);
  });

  it('ignores an address that the client claims', async () => {
    await serve(2);
    const claimed = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => post('fast', address));
    expect(statusesOf(await sendAll(claimed))).toEqual([200, 200, 429]);
  });

  it('adds no header without a limit', async () => {
    await serve(0);
    const responses = await sendAll(repeated(4, post('fast')));
    expect(Object.keys(responses[3]?.headers ?? {}).filter((name) => /rate/.test(name))).toEqual([]);
    expect(served.hotResponses()).toBe(3);
  });
});
