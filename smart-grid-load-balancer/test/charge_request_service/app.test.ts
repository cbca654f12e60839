import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createHttpClient, createLogger, createRegistry } from '@gridclock/service-kit';
import supertest from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../../charge_request_service/app.ts';
import { BalancerClient } from '../../charge_request_service/balancer-client.ts';

type Received = { url: string | undefined; body: Record<string, unknown>; headers: IncomingHttpHeaders };

/** What a balancer does with one message: answers, or hangs up after having received it. */
type Reaction = { status: number; body: object; headers?: Record<string, string> } | 'hang up';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A balancer that reacts as told, and otherwise accepts. */
async function startBalancer(...reactions: Reaction[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = text === '' ? {} : JSON.parse(text);
    received.push({ url: request.url, body, headers: request.headers });
    const reaction: Reaction = reactions.shift() ?? { status: 200, body: { status: 'accepted', ...body } };
    if (reaction === 'hang up') {
      request.socket.destroy();
      return;
    }
    response.writeHead(reaction.status, { 'content-type': 'application/json', ...reaction.headers });
    response.end(JSON.stringify(reaction.body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { received, url: `http://127.0.0.1:${port}`, server };
}

function startService(baseURL: string, patienceMs = 10_000) {
  const seen = new Set<string>();
  let now = 0;
  let ids = 0;
  const balancer = new BalancerClient({
    http: createHttpClient({ baseURL, timeoutMs: 5_000 }),
    now: () => now,
    async pause(ms) {
      now += ms;
    },
    random: () => 0.5,
    patienceMs,
  });
  const app = createApp({
    balancer,
    seen: { has: (id) => seen.has(id), add: (id) => void seen.add(id) },
    newId: () => `made-up-${++ids}`,
    logger: createLogger('test', 'silent'),
    registry: createRegistry(),
  });
  return supertest(app);
}

const good = { vehicle_id: 'EV_1', charge_amount: 22, priority: 'high' };
const unknown = { status: 504, body: { error: 'Outcome unknown' } };

describe('POST /charge', () => {
  it("gives the balancer's answer", async () => {
    const balancer = await startBalancer();
    const { status, body } = await startService(balancer.url).post('/charge').send(good);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'accepted', vehicle_id: 'EV_1' });
    expect(balancer.received[0]).toMatchObject({ url: '/route_charge', body: good });
  });

  it('gives a refusal as it is, with what the balancer says of trying again', async () => {
    const refusal = { error: 'Insufficient capacity', available_capacity: 3 };
    const balancer = await startBalancer({ status: 503, body: refusal, headers: { 'retry-after': '7' } });
    const { status, body, headers } = await startService(balancer.url).post('/charge').send(good);
    expect(status).toBe(503);
    expect(body).toEqual(refusal);
    expect(headers).toHaveProperty('retry-after', '7');
    expect(balancer.received).toHaveLength(1);
  });

  it('answers 503 at once when there is no balancer', async () => {
    const balancer = await startBalancer();
    await new Promise((resolve) => balancer.server.close(resolve));
    const { status, body } = await startService(balancer.url).post('/charge').send(good);
    expect(status).toBe(503);
    expect(body).toEqual({
      error: 'Load balancer unavailable',
      outcome: 'not charged',
      request_id: 'made-up-1',
    });
  });

  it('asks again with the same id, said to be repeated, when the balancer hangs up or does not know', async () => {
    const balancer = await startBalancer('hang up', unknown);
    const { status } = await startService(balancer.url).post('/charge').send(good);
    expect(status).toBe(200);
    expect(balancer.received.map(({ body }) => body.request_id)).toEqual(Array(3).fill('made-up-1'));
    expect(balancer.received.map(({ headers }) => headers['request-history'])).toEqual([
      'new',
      'repeated',
      'repeated',
    ]);
  });

  it('still calls an id unseen while the balancer has only looked for it', async () => {
    const onlyLooked = { status: 504, body: { error: 'Outcome unknown', sent: false } };
    const balancer = await startBalancer(onlyLooked, unknown);
    await startService(balancer.url).post('/charge').set('Idempotency-Key', 'k1').send(good);
    expect(balancer.received.map(({ headers }) => headers['request-history'])).toEqual([
      'unseen',
      'unseen',
      'repeated',
    ]);
  });

  it('says that the outcome is unknown when it stays so', async () => {
    const silent = await startBalancer(...Array<Reaction>(20).fill('hang up'));
    expect((await startService(silent.url, 1000).post('/charge').send(good)).body).toMatchObject({
      error: 'Load balancer unavailable',
      outcome: 'unknown',
    });
    const unsure = await startBalancer(...Array<Reaction>(20).fill(unknown));
    const { status, body } = await startService(unsure.url, 1000).post('/charge').send(good);
    expect({ status, body }).toEqual(unknown);
  });

  it.each([
    ['charge_amount', '{"vehicle_id":"a","charge_amount":"nan"}'],
    ['body', '{"vehicle_id":"a","charge_amount":NaN}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":1e999}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":-1}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":0}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":null}'],
    ['charge_amount', '{"vehicle_id":"a"}'],
    ['vehicle_id', '{"charge_amount":22}'],
    ['vehicle_id', '{"vehicle_id":[],"charge_amount":22}'],
    ['priority', '{"vehicle_id":"a","charge_amount":22,"priority":7}'],
    ['request_id', '{"vehicle_id":"a","charge_amount":22,"request_id":"two words"}'],
    ['body', '[{"vehicle_id":"a","charge_amount":22}]'],
    ['body', 'null'],
    ['body', '{"vehicle_id"'],
  ])('answers 400 naming %s and sends nothing for %s', async (field, text) => {
    const balancer = await startBalancer();
    const { status, body } = await startService(balancer.url)
      .post('/charge')
      .type('application/json')
      .send(text);
    expect({ status, field: body.field }).toEqual({ status: 400, field });
    expect(balancer.received).toEqual([]);
  });

  it('answers 413 for a body that is too large, 400 for one that is no JSON', async () => {
    const balancer = await startBalancer();
    const service = startService(balancer.url);
    expect((await service.post('/charge').send({ ...good, vehicle_id: 'x'.repeat(100_000) })).status).toBe(
      413,
    );
    expect((await service.post('/charge').type('text/plain').send('vehicle')).status).toBe(400);
    expect(balancer.received).toEqual([]);
  });
});

describe('the id of a request', () => {
  it('is the Idempotency-Key, quoted or not, or the request_id of the body', async () => {
    const balancer = await startBalancer();
    const service = startService(balancer.url);
    await service.post('/charge').set('Idempotency-Key', 'k1').send(good);
    await service.post('/charge').set('Idempotency-Key', '"k2"').send(good);
    await service.post('/charge').send({ ...good, request_id: 'k3' });
    expect(balancer.received.map(({ body }) => body.request_id)).toEqual(['k1', 'k2', 'k3']);
  });

  it('is told to the balancer as unseen once, and as repeated from then on', async () => {
    const balancer = await startBalancer();
    const service = startService(balancer.url);
    for (let time = 0; time < 2; time += 1)
      await service.post('/charge').set('Idempotency-Key', 'k1').send(good);
    expect(balancer.received.map(({ headers }) => headers['request-history'])).toEqual([
      'unseen',
      'repeated',
    ]);
  });

  it('may not be said twice and differently', async () => {
    const balancer = await startBalancer();
    const service = startService(balancer.url);
    const { status, body } = await service
      .post('/charge')
      .set('Idempotency-Key', 'k1')
      .send({ ...good, request_id: 'k2' });
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'request_id' });
    expect(balancer.received).toEqual([]);
  });

  it('is refused when it is none', async () => {
    const balancer = await startBalancer();
    const { status, body } = await startService(balancer.url)
      .post('/charge')
      .set('Idempotency-Key', 'two words')
      .send(good);
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'Idempotency-Key' });
  });
});

describe('POST /request_charge', () => {
  it('makes up a vehicle and asks for 1 kW at normal priority when nothing is said', async () => {
    const balancer = await startBalancer();
    expect((await startService(balancer.url).post('/request_charge')).status).toBe(200);
    expect(balancer.received[0]?.body).toEqual({
      vehicle_id: expect.stringMatching(/^EV_[1-9]\d{3}$/),
      charge_amount: 1,
      priority: 'normal',
      request_id: 'made-up-1',
    });
  });

  it('makes up the same vehicle for the same id', async () => {
    const balancer = await startBalancer();
    const service = startService(balancer.url);
    for (let time = 0; time < 2; time += 1)
      await service.post('/request_charge').set('Idempotency-Key', 'k1');
    expect(balancer.received[1]?.body).toEqual(balancer.received[0]?.body);
  });

  it('takes what is said', async () => {
    const balancer = await startBalancer();
    await startService(balancer.url).post('/request_charge').send({ charge_amount: 50, priority: 'low' });
    expect(balancer.received[0]?.body).toMatchObject({ charge_amount: 50, priority: 'low' });
  });

  it('refuses what is wrong', async () => {
    const balancer = await startBalancer();
    const service = startService(balancer.url);
    const wrong = await service.post('/request_charge').send({ charge_amount: -1 });
    expect({ status: wrong.status, field: wrong.body.field }).toEqual({
      status: 400,
      field: 'charge_amount',
    });
    const text = await service.post('/request_charge').type('text/plain').send('{"charge_amount":50}');
    expect({ status: text.status, field: text.body.field }).toEqual({ status: 400, field: 'body' });
    expect(balancer.received).toEqual([]);
  });
});

describe('sessions', () => {
  it.each([
    ['get', '/sessions'],
    ['get', '/sessions/substation_1~1'],
    ['delete', '/sessions/substation_1~1'],
  ] as const)('are asked of the balancer: %s %s', async (method, path) => {
    const balancer = await startBalancer({ status: 404, body: { error: 'No such session' } });
    const { status, body } = await startService(balancer.url)[method](path);
    expect({ status, body }).toEqual({ status: 404, body: { error: 'No such session' } });
    expect(balancer.received[0]?.url).toBe(path);
  });

  it('cannot leave their path', async () => {
    const balancer = await startBalancer({ status: 404, body: {} });
    await startService(balancer.url).get('/sessions/..%2Fstatus');
    expect(balancer.received[0]?.url).toBe('/sessions/..%2Fstatus');
  });

  it('are unknown without a balancer', async () => {
    const balancer = await startBalancer();
    await new Promise((resolve) => balancer.server.close(resolve));
    const { status, body } = await startService(balancer.url).get('/sessions');
    expect({ status, body }).toEqual({ status: 503, body: { error: 'Load balancer unavailable' } });
  });
});

describe('GET /status', () => {
  it.each([
    [200, 'healthy'],
    [500, 'unhealthy'],
  ])('says, when the balancer answers %d, that it is %s', async (status, load_balancer_status) => {
    const balancer = await startBalancer({ status, body: {} });
    const { body } = await startService(balancer.url).get('/status');
    expect(body).toMatchObject({
      service: 'charge_request_service',
      status: 'healthy',
      load_balancer_status,
    });
    expect(balancer.received[0]?.url).toBe('/health');
  });

  it('says that the balancer is unreachable when it is', async () => {
    const balancer = await startBalancer();
    await new Promise((resolve) => balancer.server.close(resolve));
    const { body } = await startService(balancer.url).get('/status');
    expect(body).toMatchObject({ load_balancer_status: 'unreachable' });
  });
});
