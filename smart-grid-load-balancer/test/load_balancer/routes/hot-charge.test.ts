import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type HotAndPlain,
  type Received,
  type Sent,
  serveHotAndPlain,
} from '../../../../packages/service-kit/test/support/hot-and-plain.ts';
import { serveBalancer } from '../../support/balancer.ts';

let balancers: Awaited<ReturnType<typeof serveBalancer>>[];
let served: HotAndPlain;

beforeEach(async () => {
  const [hot, plain] = [await serveBalancer(), await serveBalancer()];
  balancers = [hot, plain];
  served = await serveHotAndPlain(hot.app, plain.app);
});

afterEach(() => served.close());

/** Sends a request to both, and lets the time pass that they wait. */
async function send(sent: Sent): Promise<[Received, Received]> {
  const responses = served.send(sent);
  let settled = false;
  void responses.finally(() => {
    settled = true;
  });
  while (!settled) {
    for (const { clock } of balancers) await clock.advanceAsync(50);
    await setTimeout(1);
  }
  return responses;
}

const charge = (body: unknown, headers: Record<string, string> = {}): Sent => ({
  path: '/route_charge',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers,
});

const vehicle = { vehicle_id: 'EV_1', charge_amount: 7, priority: 'normal' };
const identified = (request_id: string) => ({ ...vehicle, request_id });
const fromEntry = (copy: string, history = 'new') => ({
  'request-history': history,
  'request-copy': copy,
  'request-deadline-ms': '4900',
  'request-withdrawal': 'on-close',
});
const problems = { accept: 'application/problem+json' };

const requests: Sent[] = [
  charge(identified('r1'), fromEntry('c1')),
  charge(identified('r1'), fromEntry('c1', 'repeated')),
  charge(identified('r1'), fromEntry('c2', 'repeated')),
  charge({ ...identified('r1'), charge_amount: 8 }, fromEntry('c3', 'repeated')),
  charge({ ...identified('r1'), charge_amount: 8 }),
  charge({ ...identified('r1'), charge_amount: 8 }, problems),
  charge(identified('r1')),
  charge(identified('r2'), { 'request-history': 'unseen' }),
  charge(identified('r3'), { 'request-history': 'odd' }),
  charge(identified('r4'), { 'request-deadline-ms': '0' }),
  charge(identified('r5'), { 'request-deadline-ms': 'soon' }),
  charge(identified('r6'), { 'request-attempts': '2' }),
  charge(identified('r7'), { 'request-attempts': '0' }),
  charge(identified('r8'), { 'request-copy': 'x'.repeat(65) }),
  charge({ ...identified('r9'), charge_amount: 110 }, fromEntry('c9')),
  charge({ ...identified('r10'), charge_amount: 110 }, fromEntry('c10')),
  charge({ ...identified('r10'), charge_amount: 110 }, { ...fromEntry('c11'), ...problems }),
  charge({ ...identified('r11'), charge_amount: 5_000 }, fromEntry('c12')),
  charge({ ...identified('r12'), charge_amount: 0 }, fromEntry('c13')),
  charge({ ...identified('r13'), credential: 'no hash' }, fromEntry('c14')),
  charge({ ...identified('r14'), credential: 'f'.repeat(64) }, fromEntry('c15')),
  charge({ ...identified('r14'), credential: 'e'.repeat(64) }, fromEntry('c16', 'repeated')),
  charge(vehicle),
  charge(identified('r15'), { authorization: 'Bearer mine' }),
  charge(identified('r15')),
  charge({ ...identified('r16'), further: 1 }),
  charge([]),
  charge('{"vehicle_id":'),
  charge('{"vehicle_id":"EV_1","charge_amount":1.00000000000000000001}'),
  { ...charge(identified('r17')), path: '/route_charge?' },
  { ...charge(identified('r18')), path: '/route_charge?x=1' },
  { ...charge(identified('r19')), path: '/assign_substation' },
  { path: '/route_charge' },
  charge(identified('r20'), { 'request-history': 'new', 'x-forwarded-for': '192.0.2.1' }),
];

const accepted = charge({ ...identified('first'), charge_amount: 0.001 });

describe('the hot route of POST /route_charge', () => {
  it('responds as the app does', async () => {
    await send(accepted);
    await send({ ...accepted, headers: problems });
    for (const request of requests) {
      const [hot, plain] = await send(request);
      expect(withoutNewId(hot), JSON.stringify(request).slice(0, 150)).toEqual(withoutNewId(plain));
    }
    expect(served.hotResponses()).toBeGreaterThanOrEqual(18);
    const [hot, plain] = await served.counts();
    expect(hot.sort()).toEqual(plain.sort());
    const [hotGrid, plainGrid] = balancers.map(({ grid }) => grid.sent);
    expect(hotGrid).toEqual(plainGrid);
  });

  it.each(['response-lost', 'message-lost', 'unreachable', 'down', 'connection-dead'] as const)(
    'says as the app does what became of a request after the fault %s',
    async (fault) => {
      await send(accepted);
      for (const { grid } of balancers) for (const id of ['a', 'b']) grid.fail(id, fault, fault);
      const once = { ...fromEntry('f'), 'request-attempts': '1' };
      const [hot, plain] = await send(charge(identified('f1'), once));
      expect(hot).toEqual(plain);
      expect(served.hotResponses()).toBe(1);
    },
  );

  it('counts copies once that are placed together', async () => {
    await send(accepted);
    const [hot] = balancers;
    for (const id of ['a', 'b']) hot?.grid.fail(id, 'message-lost');
    const large = { ...identified('copied'), charge_amount: 115 };
    const responses = await Promise.all(
      ['new', 'repeated'].map((history) => send(charge(large, fromEntry('same', history)))),
    );
    expect(new Set(responses.flat().map(({ body }) => body)).size).toBe(1);
    const again = await send(charge({ ...identified('other'), charge_amount: 120 }, fromEntry('another')));
    for (const { body } of again) expect(body).toContain('Insufficient capacity');
    for (const { registry } of balancers) {
      const text = await registry.metrics();
      expect(text).toContain('load_balancer_requests_total{outcome="accepted"} 2');
      expect(text).toContain('load_balancer_requests_total{outcome="insufficient_capacity"} 1');
    }
  });

  it('withdraws the request of a sender that leaves', async () => {
    await send(accepted);
    const [hot] = balancers;
    for (const id of ['a', 'b']) hot?.grid.breakCharges(id, 'hangs');
    const body = JSON.stringify(identified('left'));
    const head = Object.entries(fromEntry('l1')).map(([name, value]) => `${name}: ${value}\r\n`);
    const [port = 0] = served.ports;
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /route_charge HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n${head.join('')}Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    await vi.waitFor(() => expect(hot?.grid.sent).toHaveLength(2));
    socket.destroy();
    await vi.waitFor(async () => {
      for (const { clock } of balancers) await clock.advanceAsync(1_000);
      const [counts] = await served.counts();
      expect(counts.join('\n')).toContain('route="/route_charge",status="499"} 1');
    });
    expect(hot?.grid.sent).toHaveLength(2);
  });
});

/** A request without an id gets a random one. */
function withoutNewId(received: Received) {
  const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
  return JSON.parse(JSON.stringify(received).replace(uuid, 'new'));
}
