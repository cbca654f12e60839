import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type HotAndPlain,
  type Sent,
  serveHotAndPlain,
} from '../../../packages/service-kit/test/support/hot-and-plain.ts';
import { serveSubstation } from '../support/substation-app.ts';

let substations: ReturnType<typeof serveSubstation>[];
let served: HotAndPlain;

beforeEach(async () => {
  const [hot, plain] = [serveSubstation({ life: 'a1b2c3d4' }), serveSubstation({ life: 'a1b2c3d4' })];
  substations = [hot, plain];
  served = await serveHotAndPlain(hot.app, plain.app);
});

afterEach(() => served.close());

const charge = (body: unknown, headers: Record<string, string> = {}): Sent => ({
  path: '/charge',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers,
});

const vehicle = { vehicle_id: 'EV_1', charge_amount: 22, priority: 'normal' };
const dispatched = (id: string, round: number, attempt = 0) => ({
  ...vehicle,
  request_id: id,
  dispatch: { round, attempt },
});
const deadline = (ms: string) => ({ 'request-deadline-ms': ms });
const problems = { accept: 'application/problem+json' };

const requests: Sent[] = [
  charge(dispatched('r1', 1)),
  charge(dispatched('r1', 1)),
  charge({ ...dispatched('r1', 2), charge_amount: 7 }),
  charge({ ...vehicle, request_id: 'r1', charge_amount: 7 }),
  charge(dispatched('r2', 2), deadline('1000')),
  charge(dispatched('r3', 2), deadline('0')),
  charge(dispatched('r3', 1), deadline('1000')),
  charge(dispatched('r1', 1), deadline('0')),
  charge(vehicle, deadline('soon')),
  charge(vehicle, deadline('')),
  charge({ ...vehicle, charge_amount: 80, request_id: 'large', dispatch: { round: 1, attempt: 0 } }),
  charge({ ...vehicle, charge_amount: 80 }, problems),
  charge({ ...vehicle, charge_amount: 1_000 }, problems),
  charge({ ...vehicle, charge_amount: 1 }, problems),
  charge({ ...vehicle, charge_amount: -1 }),
  charge({ ...vehicle, charge_amount: 'nan' }),
  charge({ ...vehicle, priority: 'urgent' }),
  charge({ ...vehicle, request_id: 'with space' }),
  charge({ ...vehicle, credential: 'f'.repeat(64), request_id: 'c1' }),
  charge({ ...vehicle, dispatch: { round: -1, attempt: 0 } }),
  charge({ charge_amount: 1 }),
  charge({ ...vehicle, further: 'ignored' }),
  charge({ ...vehicle, vehicle_id: 'ü'.repeat(5_000) }),
  charge([]),
  charge('null'),
  charge('{"vehicle_id":"EV_1"'),
  charge('{"vehicle_id":"EV_1","vehicle_id":"EV_2","charge_amount":1}'),
  charge('{"vehicle_id":"EV_1","charge_amount":1e999}'),
  charge('{"vehicle_id":"EV_1","charge_amount":1.00000000000000000001}'),
  { ...charge(vehicle), path: '/charge?' },
  { ...charge(vehicle), path: '/charge?dry=1' },
  { ...charge(vehicle), path: '/Charge' },
  { ...charge(vehicle), path: '/charge/' },
  { path: '/charge' },
  charge({ ...vehicle, request_id: 'k1' }, { authorization: 'Bearer mine' }),
  charge({ ...vehicle, request_id: 'k1' }),
  charge(vehicle, { 'x-request-id': 'not valid' }),
  charge(vehicle, { origin: 'http://elsewhere.example.com' }),
  charge(vehicle, { host: 'rebound.example.com' }),
  charge(vehicle, { 'content-type': 'text/plain' }),
  charge(vehicle, { 'content-type': 'application/json; charset=latin1' }),
  charge(vehicle, { accept: 'text/html' }),
  charge(vehicle, { 'if-none-match': '*' }),
  charge(vehicle, { expect: 'something' }),
];

describe('the hot route of POST /charge', () => {
  it('responds as the app does', async () => {
    // The first with the same headers is the app's in any case.
    for (const headers of [{}, problems])
      await served.send(charge({ ...vehicle, charge_amount: 1 }, headers));
    for (const request of requests) {
      const [hot, plain] = await served.send(request);
      expect(withoutNewId(hot), JSON.stringify(request).slice(0, 150)).toEqual(withoutNewId(plain));
    }
    expect(served.hotResponses()).toBeGreaterThanOrEqual(12);
    const [hot, plain] = substations.map(({ timers }) => timers.substation);
    expect(hot?.totals).toEqual(plain?.totals);
    expect(hot?.sessions(0)).toEqual(plain?.sessions(0));
  });

  it('counts requests as the app does', async () => {
    await served.send(charge({ ...vehicle, charge_amount: 1 }));
    for (const request of requests) await served.send(request);
    const [hot, plain] = await served.counts();
    expect(hot.sort()).toEqual(plain.sort());
  });

  it('refuses while draining as the app does', async () => {
    await served.send(charge({ ...vehicle, charge_amount: 1 }));
    for (const { timers } of substations) timers.substation.drain();
    const [hot, plain] = await served.send(charge(dispatched('d1', 3)));
    expect(plain).toMatchObject({ status: 503, body: expect.stringContaining('Draining') });
    expect(hot).toEqual(plain);
  });
});

/** A request without a valid id gets a random one. */
function withoutNewId(received: { headers: object; body: string }) {
  const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
  return JSON.parse(JSON.stringify(received).replace(uuid, 'new'));
}
