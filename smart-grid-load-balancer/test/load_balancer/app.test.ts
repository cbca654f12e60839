import { REQUEST_HISTORY_HEADER } from '@gridclock/grid-protocol';
import supertest from 'supertest';
import { describe, expect, it, vi } from 'vitest';
import { InMemoryGrid } from './in-memory-grid.ts';
import { STARTED_AT_S, serveBalancer } from './serve-balancer.ts';

const good = { vehicle_id: 'EV_1', charge_amount: 22, priority: 'normal' };

async function start(
  capacities: Record<string, number> = { a: 80, b: 120 },
  options: Parameters<typeof serveBalancer>[1] = {},
) {
  const grid = new InMemoryGrid(capacities);
  const served = await serveBalancer(grid, options);
  return { ...served, grid, api: supertest(served.app) };
}

describe.each(['/route_charge', '/assign_substation'])('POST %s', (path) => {
  it("passes on the substation's answer and says where it was sent", async () => {
    const { api } = await start({ a: 80 });
    await api.post(path).send(good);
    const { status, body } = await api.post(path).send({ ...good, vehicle_id: 'EV_2' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'accepted',
      vehicle_id: 'EV_2',
      charge_amount: 22,
      current_load: 44,
      max_capacity: 80,
      routed_by: 'load_balancer',
      substation_id: 'a',
      substation_load_before: 22,
    });
  });

  it('answers 503 with what would have fitted when the grid is full', async () => {
    const { api, grid } = await start();
    const { status, body } = await api.post(path).send({ ...good, charge_amount: 121, request_id: 'r1' });
    expect(status).toBe(503);
    expect(body).toEqual({
      error: 'Insufficient capacity',
      current_load: 0,
      max_capacity: 120,
      available_capacity: 120,
      largest_capacity: 120,
      substations_asked: 0,
      request_id: 'r1',
    });
    expect(grid.sent).toEqual([]);
  });

  it('answers 503 when no substation can be reached', async () => {
    const { api, grid } = await start();
    grid.fail('a', 'unreachable');
    grid.fail('b', 'unreachable');
    const { status, body } = await api.post(path).send(good);
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: 'No substation available' });
  });

  it('answers 504 with the id to ask with when a substation may have accepted', async () => {
    const { api, clock, grid } = await start({ a: 80 });
    grid.fail('a', 'answer-lost', 'message-lost', 'message-lost');
    const answer = api
      .post(path)
      .set(REQUEST_HISTORY_HEADER, 'new')
      .send({ ...good, request_id: 'r1' })
      .then();
    await vi.waitUntil(() => {
      clock.pass(100);
      return grid.sent.length === 3;
    });
    const { status, body, headers } = await answer;
    expect(status).toBe(504);
    expect(body).toMatchObject({
      error: 'Outcome unknown',
      request_id: 'r1',
      substation_id: 'a',
      sent: true,
    });
    expect(headers).toHaveProperty('retry-after', '1');
  });

  it.each([
    ['charge_amount', '{"vehicle_id":"a","charge_amount":"nan"}'],
    ['body', '{"vehicle_id":"a","charge_amount":NaN}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":1e999}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":-1}'],
    ['charge_amount', '{"vehicle_id":"a"}'],
    ['vehicle_id', '{"__proto__":{"vehicle_id":"a"},"charge_amount":22}'],
    ['priority', '{"vehicle_id":"a","charge_amount":22,"priority":"urgent"}'],
    ['body', '[]'],
    ['body', '{"vehicle_id":'],
  ])('answers 400 naming %s and asks no substation for %s', async (field, text) => {
    const { api, grid } = await start();
    const { status, body } = await api.post(path).type('application/json').send(text);
    expect({ status, field: body.field }).toEqual({ status: 400, field });
    expect(grid.sent).toEqual([]);
  });

  it('answers 413 for a body that is too large', async () => {
    const { api } = await start();
    expect((await api.post(path).send({ ...good, vehicle_id: 'x'.repeat(100_000) })).status).toBe(413);
  });
});

describe('a request_id at the balancer', () => {
  it('is looked for at the substations first, unless it is told to be new', async () => {
    const { api, grid } = await start({ a: 80 });
    grid.fail('a', 'message-lost');
    const asked = await api.post('/route_charge').send({ ...good, request_id: 'r1' });
    expect(asked.body).toMatchObject({ error: 'Outcome unknown', sent: false });
    expect(grid.sent).toEqual([]);
    const fresh = await api
      .post('/route_charge')
      .set(REQUEST_HISTORY_HEADER, 'new')
      .send({ ...good, request_id: 'r2' });
    expect(fresh.status).toBe(200);
  });

  it('gets the same session again, and 409 for another request', async () => {
    const { api } = await start();
    const first = await api.post('/route_charge').send({ ...good, request_id: 'r1' });
    const again = await api.post('/route_charge').send({ ...good, request_id: 'r1' });
    expect(again.body).toEqual(first.body);
    const other = await api.post('/route_charge').send({ ...good, charge_amount: 1, request_id: 'r1' });
    expect(other.status).toBe(409);
    expect(other.body).toMatchObject({ field: 'request_id' });
  });
});

describe('sessions', () => {
  it('are listed over all substations, and those that do not answer are named', async () => {
    const { api, grid } = await start();
    for (const vehicle_id of ['EV_1', 'EV_2']) await api.post('/route_charge').send({ ...good, vehicle_id });
    const all = (await api.get('/sessions')).body;
    expect(all.sessions.map(({ vehicle_id }: { vehicle_id: string }) => vehicle_id).sort()).toEqual([
      'EV_1',
      'EV_2',
    ]);
    expect(all.silent_substations).toEqual([]);
    grid.fail('a', 'message-lost');
    expect((await api.get('/sessions')).body).toMatchObject({ silent_substations: ['a'] });
  });

  it('are found by their id alone, and end early with their load given back at once', async () => {
    const { api, view } = await start({ a: 80 });
    const { body: charged } = await api.post('/route_charge').send(good);
    const path = `/sessions/${charged.session_id}`;
    expect((await api.get(path)).body).toMatchObject({ vehicle_id: 'EV_1', remaining_time: 10 });
    expect((await api.delete(path)).body).toMatchObject({ session_id: charged.session_id, current_load: 0 });
    expect(view.describe('a', 0)?.load).toBe(0);
    expect((await api.get(path)).status).toBe(404);
    expect((await api.delete(path)).status).toBe(404);
  });

  it('are not declared missing while their substation does not answer', async () => {
    const { api, grid } = await start({ a: 80 });
    const { body: charged } = await api.post('/route_charge').send(good);
    grid.fail('a', 'message-lost');
    const { status, body } = await api.get(`/sessions/${charged.session_id}`);
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: 'Substation does not answer' });
  });

  it.each(['nonsense', 'z~1', '__proto__', '%2e%2e'])('that never were, such as %s, are 404', async (id) => {
    const { api } = await start();
    expect((await api.get(`/sessions/${id}`)).status).toBe(404);
  });
});

describe('a full grid with a waiting room', () => {
  it('answers a request that waits as soon as a session is stopped', async () => {
    const { api, waitingRoom } = await start({ a: 80 }, { maxQueue: 1 });
    const { body: first } = await api.post('/route_charge').send({ ...good, charge_amount: 80 });
    const second = api
      .post('/route_charge')
      .send({ ...good, vehicle_id: 'EV_2' })
      .then();
    await vi.waitUntil(() => waitingRoom.size === 1);
    expect((await api.get('/metrics')).text).toContain('load_balancer_waiting_requests 1');
    await api.delete(`/sessions/${first.session_id}`);
    expect((await second).body).toMatchObject({ status: 'accepted', vehicle_id: 'EV_2', current_load: 22 });
    expect((await api.get('/metrics')).text).toContain('load_balancer_wait_seconds_count{end="admitted"} 1');
  });

  it('lets nobody wait for a session that he has', async () => {
    const { api, grid } = await start({ a: 80 });
    await api.post('/route_charge').send({ ...good, charge_amount: 80, request_id: 'mine' });
    const restarted = await serveBalancer(grid, { maxQueue: 5 });
    const other = supertest(restarted.app).post('/route_charge').send(good).then();
    await vi.waitUntil(() => restarted.waitingRoom.size === 1);
    const mine = await supertest(restarted.app)
      .post('/route_charge')
      .send({ ...good, charge_amount: 80, request_id: 'mine' });
    expect(mine.body).toMatchObject({ status: 'accepted', request_id: 'mine' });
    restarted.clock.pass(5_000);
    expect((await other).status).toBe(503);
  });

  it('answers 503 with Retry-After at the deadline, and at once when the room is full', async () => {
    const { api, clock, waitingRoom } = await start({ a: 80 }, { maxQueue: 1 });
    await api.post('/route_charge').send({ ...good, charge_amount: 80 });
    const waits = api.post('/route_charge').send(good).then();
    await vi.waitUntil(() => waitingRoom.size === 1);
    const turnedAway = await api.post('/route_charge').send(good);
    expect(turnedAway.body).toMatchObject({ error: 'Insufficient capacity', waited_ms: 0 });
    clock.pass(5_000);
    const { status, body, headers } = await waits;
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: 'Insufficient capacity', waited_ms: 5_000, max_capacity: 80 });
    expect(headers).toHaveProperty('retry-after', '1');
    // The one that was turned away at the door has not waited.
    expect((await api.get('/metrics')).text).toContain('load_balancer_wait_seconds_sum{end="refused"} 5\n');
  });
});

describe('the administration of substations', () => {
  const token = 'correct-horse';
  const bearer = `Bearer ${token}`;
  const added = { id: 'c', url: 'http://c:8001' };

  it('does not exist without a token configured', async () => {
    const { api } = await start();
    expect((await api.post('/substations').set('Authorization', bearer).send(added)).status).toBe(404);
    expect((await api.delete('/substations/a').set('Authorization', bearer)).status).toBe(404);
  });

  it.each([undefined, 'Bearer wrong', token])(
    'is refused with the authorization %j',
    async (authorization) => {
      const { api, view } = await start({ a: 80 }, { adminToken: token });
      const headers = authorization === undefined ? {} : { authorization };
      expect((await api.post('/substations').set(headers).send(added)).status).toBe(401);
      expect((await api.delete('/substations/a').set(headers)).status).toBe(401);
      expect(view.ids).toEqual(['a']);
    },
  );

  it('adds a substation once, and removes it', async () => {
    const { api, view } = await start({ a: 80 }, { adminToken: token });
    const add = (body: object) => api.post('/substations').set('Authorization', bearer).send(body);
    expect((await add(added)).status).toBe(201);
    expect((await add(added)).status).toBe(200);
    expect((await add({ ...added, url: 'http://other:8001' })).status).toBe(409);
    expect(view.ids).toEqual(['a', 'c']);
    const remove = () => api.delete('/substations/c').set('Authorization', bearer);
    expect((await remove()).body).toEqual({ status: 'removed', id: 'c' });
    expect((await remove()).status).toBe(404);
    expect(view.ids).toEqual(['a']);
  });

  it.each([
    ['id', { ...added, id: 'a b' }],
    ['url', { ...added, url: 'c:8001' }],
    ['url', { id: 'c' }],
    ['body', [added]],
  ])('answers 400 naming %s for %j', async (field, body) => {
    const { api, view } = await start({ a: 80 }, { adminToken: token });
    const answer = await api.post('/substations').set('Authorization', bearer).send(body);
    expect({ status: answer.status, field: answer.body.field }).toEqual({ status: 400, field });
    expect(view.ids).toEqual(['a']);
  });
});

describe('GET /status', () => {
  it('shows the load of every substation, and beside it what the view is made of', async () => {
    const { api } = await start({ a: 80 });
    await api.post('/route_charge').send(good);
    const { body } = await api.get('/status');
    expect(body).toMatchObject({
      service: 'load_balancer',
      substation_loads: { a: 22 },
      routing_policy: 'least-load',
      substations: {
        a: { url: 'memory:a', polled_load: 22, own_dispatches: 0, load: 22, capacity: 80, health: 'up' },
      },
    });
    expect(body.substations.a.view_age_ms).toBeGreaterThanOrEqual(0);
    expect(Date.parse(body.timestamp)).toBeGreaterThan(0);
  });
});

describe('GET /metrics', () => {
  it('counts requests by outcome from zero, and shows the load of every substation', async () => {
    const { api } = await start({ a: 80 });
    await api.post('/route_charge').send(good);
    await api.post('/route_charge').send({ ...good, charge_amount: 100 });
    const lines = (await api.get('/metrics')).text.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'load_balancer_requests_total{outcome="accepted"} 1',
        'load_balancer_requests_total{outcome="insufficient_capacity"} 1',
        'load_balancer_requests_total{outcome="unknown"} 0',
        'substation_load{substation_id="a"} 22',
        'load_balancer_request_hops_count 2',
        'load_balancer_retries_total 0',
        'load_balancer_ejections_total 0',
        'load_balancer_repeated_requests_total 0',
        'load_balancer_wait_seconds_count{end="admitted"} 0',
        'load_balancer_substation_set_aside{substation_id="a"} 0',
      ]),
    );
  });

  it('counts requests that come again, however often', async () => {
    const { api } = await start({ a: 80 });
    for (let time = 0; time < 3; time += 1)
      await api.post('/route_charge').send({ ...good, request_id: 'r1' });
    expect((await api.get('/metrics')).text).toContain('load_balancer_repeated_requests_total 2\n');
  });

  it('shows when a substation last answered, as time of day', async () => {
    const { api, clock } = await start({ a: 80 });
    clock.pass(60_000);
    const { text } = await api.get('/metrics');
    expect(text).toContain(`load_balancer_view_timestamp_seconds{substation_id="a"} ${STARTED_AT_S}\n`);
  });

  it('tells a substation that is set aside from one that is asked', async () => {
    const { api, grid } = await start();
    grid.fail('a', 'unreachable', 'unreachable');
    for (const vehicle_id of ['EV_1', 'EV_2']) await api.post('/route_charge').send({ ...good, vehicle_id });
    const { text } = await api.get('/metrics');
    expect(text).toContain('load_balancer_substation_set_aside{substation_id="a"} 1\n');
    expect(text).toContain('load_balancer_substation_set_aside{substation_id="b"} 0\n');
  });
});

describe('GET /ready', () => {
  it('is 200 once the substations have been polled', async () => {
    const { api } = await start();
    expect((await api.get('/ready')).status).toBe(200);
  });
});
