import { createServer } from 'node:http';
import supertest from 'supertest';
import { describe, expect, it, vi } from 'vitest';
import { serveBalancer } from '../../support/balancer.ts';
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
    await api.delete(`/sessions/${first.session_id}`);
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
    await api.delete(`/sessions/${first.session_id}`);
    expect((await second).body).toMatchObject({ status: 'accepted', substation_id: 'a' });
  });

  it('does not place an unseen id after a wait while a substation hangs', async () => {
    const { api, grid, queue } = await serveBalancer({ a: 80, b: 60 }, { maxQueue: 1 });
    const { body: first } = await api.post('/route_charge').send({ ...validCharge, charge_amount: 80 });
    await api.post('/route_charge').send({ ...validCharge, charge_amount: 60 });
    const second = api
      .post('/route_charge')
      .set('request-history', 'unseen')
      .send({ ...validCharge, request_id: 'mine' })
      .then();
    await vi.waitUntil(() => queue.size === 1, { interval: 1 });
    grid.fail('b', 'message-lost');
    await api.delete(`/sessions/${first.session_id}`);
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
      .send({ ...validCharge, vehicle_id: 'EV_2' });
    sender.end(() => {});
    await vi.waitUntil(() => queue.size === 1, { interval: 1 });
    sender.abort();
    await gone;
    grid.fail('b', 'message-lost');
    await api.delete(`/sessions/${first.session_id}`);
    await vi.waitUntil(() => queue.size === 0, { interval: 1 });
    const unknown = 'load_balancer_requests_total{outcome="unknown"} 1';
    await vi.waitUntil(async () => (await api.get('/metrics')).text.includes(unknown), { interval: 1 });
    expect(grid.placesOf('EV_2')).toEqual([]);
    server.close();
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
