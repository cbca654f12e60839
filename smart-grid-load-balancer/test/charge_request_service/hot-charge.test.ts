import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type HotAndPlain,
  type Received,
  type Sent,
  serveHotAndPlain,
} from '../../../packages/service-kit/test/support/hot-and-plain.ts';
import {
  closeBalancers,
  createChargeService,
  type StubBalancer,
  type StubResponse,
  startStubBalancer,
} from '../support/charge-service.ts';

let served: HotAndPlain;
let balancers: StubBalancer[];

/** Starts both charge services, each with its own balancer that sends these responses in turn. */
async function start(
  responses: readonly StubResponse[] = [],
  limits: Parameters<typeof createChargeService>[3] = {},
): Promise<void> {
  const [hot, plain] = [await startStubBalancer(...responses), await startStubBalancer(...responses)];
  balancers = [hot, plain];
  const serviceFor = (url: string) => createChargeService(url, undefined, undefined, limits);
  served = await serveHotAndPlain(serviceFor(hot.url), serviceFor(plain.url));
}

afterEach(async () => {
  vi.useRealTimers();
  served.close();
  await closeBalancers();
});

const vehicle = { vehicle_id: 'EV_1', charge_amount: 22, priority: 'high' };

const charge = (body: unknown = vehicle, headers: Record<string, string> = {}): Sent => ({
  path: '/charge',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers,
});

const problems = { accept: 'application/problem+json' };

const requests: Sent[] = [
  charge(),
  charge({ ...vehicle, request_id: 'r1' }),
  charge({ ...vehicle, request_id: 'r1' }),
  charge({ ...vehicle, request_id: 'generated-r1' }),
  charge(vehicle, { 'idempotency-key': '"k1"' }),
  charge({ ...vehicle, request_id: 'k1' }, { 'idempotency-key': 'k1' }),
  charge({ ...vehicle, request_id: 'k2' }, { 'idempotency-key': 'k1' }),
  charge(vehicle, { 'idempotency-key': 'with space' }),
  charge(vehicle, { 'request-deadline-ms': '4000' }),
  charge(vehicle, { 'request-deadline-ms': 'soon' }),
  charge(vehicle, { authorization: 'Bearer mine' }),
  charge({ ...vehicle, request_id: 'a1' }, { authorization: 'Bearer mine' }),
  charge({ ...vehicle, remark: 'ignored' }),
  charge({ ...vehicle, priorty: 'low' }),
  charge({ ...vehicle, charge_amount: -1 }),
  charge({ ...vehicle, charge_amount: -1 }, problems),
  charge({ ...vehicle, credential: 'f'.repeat(64) }),
  charge({ vehicle_id: 'EV_1' }),
  charge({}),
  charge([vehicle]),
  charge('null'),
  charge('{"vehicle_id"'),
  charge('{"vehicle_id":"EV_1","charge_amount":1,"charge_amount":2}'),
  charge('{"vehicle_id":"EV_1","charge_amount":1.00000000000000000001}'),
  { ...charge(), path: '/charge?' },
  { ...charge(), path: '/charge?priority=low' },
  { ...charge(), path: '/request_charge' },
  { path: '/charge' },
  charge(vehicle, { origin: 'http://elsewhere.example.com' }),
];

const responses: StubResponse[] = [
  { status: 503, body: { error: 'Insufficient capacity', current_load: 1, request_id: 'generated-2' } },
  { status: 503, body: { error: 'Capacity unknown' }, headers: { 'Retry-After': '1' } },
  { status: 504, body: { error: 'Outcome unknown', sent: false } },
  {
    status: 409,
    body: { error: 'request_id: was used before for a different request', field: 'request_id' },
  },
  { status: 409, body: { error: 'Superseded' } },
  { status: 422, body: { error: 'charge_amount: is larger than every substation', status: 'odd' } },
  { status: 401, body: { error: 'Unauthorized' } },
  { status: 418, body: [1, 2] },
  { status: 500, body: { error: 'Internal server error', request_id: 'theirs' } },
  { status: 204, body: {} },
  { status: 205, body: {} },
  { status: 201, body: { status: 'created' } },
  { status: 302, body: {}, headers: { Location: 'http://elsewhere.example.com' } },
  { status: 410, body: { error: 'Interrupted' }, headers: { 'Retry-After': 'soon' } },
  'hang up',
  'hang up',
];

describe('the hot route of POST /charge', () => {
  it('responds as the app does', async () => {
    await start();
    for (const headers of [{}, problems]) await served.send(charge(vehicle, headers));
    for (const request of requests) {
      const [hot, plain] = await served.send(request);
      expect(hot, JSON.stringify(request).slice(0, 150)).toEqual(plain);
    }
    expect(served.hotResponses()).toBeGreaterThanOrEqual(8);
    const [toHot, toPlain] = balancers.map(({ received }) => received.map(withoutHost));
    expect(toHot).toEqual(toPlain);
    const [hot, plain] = await served.counts();
    expect(hot.sort()).toEqual(plain.sort());
  });

  it.each([{}, problems])('relays as the app does what the balancer responds to %j', async (headers) => {
    await start([{ status: 200, body: {} }, ...responses]);
    await served.send(charge(vehicle, headers));
    for (const response of responses) {
      const [hot, plain] = await served.send(charge(vehicle, headers));
      expect(hot, JSON.stringify(response)).toEqual(plain);
    }
    expect(served.hotResponses()).toBeGreaterThanOrEqual(responses.length - 1);
    const [hot, plain] = await served.counts();
    expect(hot.sort()).toEqual(plain.sort());
  });

  it('counts requests on the limit of the app, whichever of them serves', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await start([], { rateLimitPerS: requests.length + 20, trustedProxies: 1 });
    const from = (address: string, { headers, ...sent } = charge()): Sent => ({
      ...sent,
      headers: { ...headers, 'x-forwarded-for': address },
    });
    const many = [...requests, ...Array.from({ length: 25 }, () => charge())];
    const statuses: (number | undefined)[] = [];
    for (const request of [...many.map((sent) => from('192.0.2.1', sent)), from('192.0.2.2')]) {
      const [hot, plain] = await served.send(request);
      expect(hot, JSON.stringify(request).slice(0, 150)).toEqual(plain);
      statuses.push(hot.status);
    }
    // Requests that are refused for their headers are not counted.
    expect(statuses.slice(-6)).toEqual([200, 429, 429, 429, 429, 200]);
    expect(served.hotResponses()).toBeGreaterThan(20);
    const [hot, plain] = await served.counts();
    expect(hot.sort()).toEqual(plain.sort());
  });

  it('says as the app does that there is no balancer', async () => {
    await start();
    await served.send(charge());
    await Promise.all(balancers.map((balancer) => balancer.close()));
    const [hot, plain]: Received[] = await served.send(charge());
    expect(plain?.status).toBe(503);
    expect(hot).toEqual(plain);
  });
});

/** The two balancers have different ports; the time that is left differs. */
function withoutHost({ headers, ...request }: StubBalancer['received'][number]) {
  return { ...request, headers: { ...headers, host: '', 'request-deadline-ms': '' } };
}
