import { createServer } from 'node:http';
import supertest from 'supertest';
import { describe, expect, it, vi } from 'vitest';
import { request, serveBalancer, startBalancer } from '../../support/balancer.ts';
import { holderOf } from '../../support/http.ts';
import { startHttpServer } from '../../support/http-server.ts';
import { InMemoryGrid } from '../../support/in-memory-grid.ts';
import { validCharge } from '../../support/substation.ts';

describe('a full grid with an admission queue', () => {
  it('admits a waiting request as soon as a session is stopped', async () => {
    const { api, queue } = await serveBalancer({ a: 80 }, { maxQueue: 1 });
    const { body: first } = await api.post('/route_charge').send({ ...validCharge, charge_amount: 80 });
    const second = api
      .post('/route_charge')
      .send({ ...validCharge, vehicle_id: 'EV_2' })
      .then();
    await vi.waitUntil(() => queue.size === 1, { interval: 1 });
    expect((await api.get('/metrics')).text).toContain('load_balancer_waiting_requests 1');
    await api.delete(`/sessions/${first.session_id}`).set(holderOf(first));
    expect((await second).body).toMatchObject({ status: 'accepted', vehicle_id: 'EV_2', current_load: 22 });
    expect((await api.get('/metrics')).text).toContain(
      'load_balancer_wait_seconds_count{outcome="admitted"} 1',
    );
  });

  it('admits a waiting request while another substation hangs', async () => {
    const { api, grid, queue } = await serveBalancer({ a: 80, b: 60 }, { maxQueue: 1 });
    const { body: first } = await api.post('/route_charge').send({ ...validCharge, charge_amount: 80 });
    await api.post('/route_charge').send({ ...validCharge, charge_amount: 60 });
    const second = api.post('/route_charge').send(validCharge).then();
    await vi.waitUntil(() => queue.size === 1, { interval: 1 });
    grid.fail('b', 'message-lost');
    await api.delete(`/sessions/${first.session_id}`).set(holderOf(first));
    expect((await second).body).toMatchObject({ status: 'accepted', substation_id: 'a' });
  });

  it('does not place an unseen id after a wait while a substation hangs', async () => {
    const { api, grid, queue } = await serveBalancer({ a: 80, b: 60 }, { maxQueue: 1 });
    const { body: first } = await api.post('/route_charge').send({ ...validCharge, charge_amount: 80 });
    await api.post('/route_charge').send({ ...validCharge, charge_amount: 60 });
    const second = api
      .post('/route_charge')
      .set('request-history', 'unseen')
      .set('request-attempts', '1')
      .send({ ...validCharge, request_id: 'mine' })
      .then();
    await vi.waitUntil(() => queue.size === 1, { interval: 1 });
    grid.fail('b', 'message-lost');
    await api.delete(`/sessions/${first.session_id}`).set(holderOf(first));
    expect(await second).toMatchObject({ status: 504, body: { request_id: 'mine', sent: false } });
  });

  it('does not place a request whose sender left while a substation hangs', async () => {
    const { api, app, grid, queue } = await serveBalancer({ a: 80, b: 60 }, { maxQueue: 1 });
    const { body: first } = await api.post('/route_charge').send({ ...validCharge, charge_amount: 80 });
    await api.post('/route_charge').send({ ...validCharge, charge_amount: 60 });
    const server = createServer(app).listen(0, '127.0.0.1');
    const gone = new Promise((resolve) => server.on('connection', (socket) => socket.on('close', resolve)));
    const sender = supertest(server)
      .post('/route_charge')
      .set('request-history', 'new')
      .set('request-attempts', '1')
      .send({ ...validCharge, vehicle_id: 'EV_2', request_id: 'kept' });
    sender.end(() => {});
    await vi.waitUntil(() => queue.size === 1, { interval: 1 });
    sender.abort();
    await gone;
    grid.fail('b', 'message-lost');
    await api.delete(`/sessions/${first.session_id}`).set(holderOf(first));
    await vi.waitUntil(() => queue.size === 0, { interval: 1 });
    const unknown = 'load_balancer_requests_total{outcome="unknown"} 1';
    await vi.waitUntil(async () => (await api.get('/metrics')).text.includes(unknown), { interval: 1 });
    expect(grid.placesOf('EV_2')).toEqual([]);
    server.close();
  });

  it.each([
    ['withdraws a request without an id', {}, {}, 0],
    [
      'withdraws a request whose sender asks for it',
      { request_id: 'r' },
      { 'request-withdrawal': 'on-close' },
      0,
    ],
    ['keeps a request whose client chose the id', { request_id: 'mine' }, {}, 1],
  ])('%s when its sender leaves', async (_, id, headers, waiting) => {
    const { api, app, clock, grid, queue } = await serveBalancer({ a: 80 }, { maxQueue: 5 });
    const { body: first } = await api.post('/route_charge').send({ ...validCharge, charge_amount: 80 });
    const sender = await startHttpServer(app);
    const leaving = new AbortController();
    const left = fetch(`${sender.url}/route_charge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ ...validCharge, vehicle_id: 'EV_2', ...id }),
      signal: leaving.signal,
    }).catch(() => 'left');
    await vi.waitUntil(() => queue.size === 1, { interval: 1 });
    leaving.abort();
    expect(await left).toBe('left');
    const aborted = 'http_request_duration_seconds_count{method="POST",route="/route_charge",status="499"} 1';
    await vi.waitUntil(async () => (await api.get('/metrics')).text.includes(aborted), { interval: 1 });
    expect(queue.size).toBe(waiting);
    await api.delete(`/sessions/${first.session_id}`).set(holderOf(first));
    await clock.advanceAsync(0);
    expect(grid.placesOf('EV_2')).toHaveLength(waiting);
    await sender.close();
  });

  it('keeps a request as long as one of its senders waits', async () => {
    const { clock, grid, pipeline, place, queue } = await startBalancer(new InMemoryGrid({ a: 80 }), {
      maxQueue: 5,
    });
    await place(request(80, 'first'));
    const [one, other] = [new AbortController(), new AbortController()];
    const placements = [one, other].map(({ signal }) =>
      pipeline.place(request(22, 'r2'), 'new', { left: signal, withdraws: true }),
    );
    await clock.advanceAsync(0);
    one.abort();
    await clock.advanceAsync(0);
    expect(queue.size).toBe(1);
    other.abort();
    expect(await Promise.all(placements)).toMatchObject([{ kind: 'withdrawn' }, { kind: 'withdrawn' }]);
    expect(queue.size).toBe(0);
    expect(grid.placesOf('EV_r2')).toEqual([]);
  });

  it('responds to a high-priority request in place of the last low one', async () => {
    const { api, clock, queue } = await serveBalancer({ a: 80 }, { maxQueue: 2 });
    const { body: first } = await api.post('/route_charge').send({ ...validCharge, charge_amount: 80 });
    const wait = async (vehicle_id: string, priority: string, waiting: number) => {
      const sent = api
        .post('/route_charge')
        .send({ ...validCharge, vehicle_id, priority })
        .then();
      await vi.waitUntil(() => queue.size === waiting, { interval: 1 });
      return { sent };
    };
    const stays = await wait('EV_2', 'low', 1);
    const displaced = await wait('EV_3', 'low', 2);
    clock.advance(1_000);
    const high = api
      .post('/route_charge')
      .send({ ...validCharge, vehicle_id: 'EV_4', priority: 'high' })
      .then();
    const { status, body, headers } = await displaced.sent;
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: 'Insufficient capacity', displaced: true, waited_ms: 1_000 });
    expect(headers).toHaveProperty('retry-after', '1');
    await api.delete(`/sessions/${first.session_id}`).set(holderOf(first));
    expect((await high).body).toMatchObject({ status: 'accepted', vehicle_id: 'EV_4', current_load: 22 });
    expect((await stays.sent).body).toMatchObject({ status: 'accepted', vehicle_id: 'EV_2' });
    expect((await api.get('/metrics')).text).toContain(
      'load_balancer_wait_seconds_count{outcome="displaced"} 1',
    );
  });

  it('returns an existing session without a wait', async () => {
    const { api, grid } = await serveBalancer({ a: 80 });
    await api.post('/route_charge').send({ ...validCharge, charge_amount: 80, request_id: 'mine' });
    const restarted = await serveBalancer({}, { maxQueue: 5 }, grid);
    const other = supertest(restarted.app).post('/route_charge').send(validCharge).then();
    await vi.waitUntil(() => restarted.queue.size === 1, { interval: 1 });
    const mine = await supertest(restarted.app)
      .post('/route_charge')
      .send({ ...validCharge, charge_amount: 80, request_id: 'mine' });
    expect(mine.body).toMatchObject({ status: 'accepted', request_id: 'mine' });
    restarted.clock.advance(5_000);
    expect((await other).status).toBe(503);
  });

  it('rejects with Retry-After at the deadline, and at once when the queue is full', async () => {
    const { api, clock, queue } = await serveBalancer({ a: 80 }, { maxQueue: 1 });
    await api.post('/route_charge').send({ ...validCharge, charge_amount: 80 });
    const waits = api.post('/route_charge').send(validCharge).then();
    await vi.waitUntil(() => queue.size === 1, { interval: 1 });
    const rejected = await api.post('/route_charge').send(validCharge);
    expect(rejected.body).toMatchObject({ error: 'Insufficient capacity', waited_ms: 0 });
    clock.advance(5_000);
    const { status, body, headers } = await waits;
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: 'Insufficient capacity', waited_ms: 5_000, max_capacity: 80 });
    expect(headers).toHaveProperty('retry-after', '1');
    // A request rejected by a full queue counts as no wait.
    expect((await api.get('/metrics')).text).toContain(
      'load_balancer_wait_seconds_sum{outcome="rejected"} 5\n',
    );
  });
});
