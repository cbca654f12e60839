import { createServer } from 'node:http';
import supertest from 'supertest';
import { describe, expect, it, vi } from 'vitest';
import { good, start } from '../balancer-app.ts';
import { serveBalancer } from '../serve-balancer.ts';

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
    expect((await api.get('/metrics')).text).toContain(
      'load_balancer_wait_seconds_count{outcome="admitted"} 1',
    );
  });

  it('is not held up by a substation that hangs', async () => {
    const { api, grid, waitingRoom } = await start({ a: 80, b: 60 }, { maxQueue: 1 });
    const { body: first } = await api.post('/route_charge').send({ ...good, charge_amount: 80 });
    await api.post('/route_charge').send({ ...good, charge_amount: 60 });
    const second = api.post('/route_charge').send(good).then();
    await vi.waitUntil(() => waitingRoom.size === 1);
    grid.fail('b', 'message-lost');
    await api.delete(`/sessions/${first.session_id}`);
    expect((await second).body).toMatchObject({ status: 'accepted', substation_id: 'a' });
  });

  it('places none whose sender may have asked another balancer while a substation hangs', async () => {
    const { api, grid, waitingRoom } = await start({ a: 80, b: 60 }, { maxQueue: 1 });
    const { body: first } = await api.post('/route_charge').send({ ...good, charge_amount: 80 });
    await api.post('/route_charge').send({ ...good, charge_amount: 60 });
    const second = api
      .post('/route_charge')
      .set('request-history', 'unseen')
      .send({ ...good, request_id: 'mine' })
      .then();
    await vi.waitUntil(() => waitingRoom.size === 1);
    grid.fail('b', 'message-lost');
    await api.delete(`/sessions/${first.session_id}`);
    expect(await second).toMatchObject({ status: 504, body: { request_id: 'mine', sent: false } });
  });

  it('places none whose sender is gone, and may ask another balancer, while a substation hangs', async () => {
    const { api, app, grid, waitingRoom } = await start({ a: 80, b: 60 }, { maxQueue: 1 });
    const { body: first } = await api.post('/route_charge').send({ ...good, charge_amount: 80 });
    await api.post('/route_charge').send({ ...good, charge_amount: 60 });
    const server = createServer(app).listen(0, '127.0.0.1');
    const gone = new Promise((resolve) => server.on('connection', (socket) => socket.on('close', resolve)));
    const sender = supertest(server)
      .post('/route_charge')
      .send({ ...good, vehicle_id: 'EV_2' });
    sender.end(() => {});
    await vi.waitUntil(() => waitingRoom.size === 1);
    sender.abort();
    await gone;
    grid.fail('b', 'message-lost');
    await api.delete(`/sessions/${first.session_id}`);
    await vi.waitUntil(() => waitingRoom.size === 0);
    const unknown = 'load_balancer_requests_total{outcome="unknown"} 1';
    await vi.waitUntil(async () => (await api.get('/metrics')).text.includes(unknown));
    expect(grid.placesOf('EV_2')).toEqual([]);
    server.close();
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
    restarted.clock.advance(5_000);
    expect((await other).status).toBe(503);
  });

  it('answers 503 with Retry-After at the deadline, and at once when the room is full', async () => {
    const { api, clock, waitingRoom } = await start({ a: 80 }, { maxQueue: 1 });
    await api.post('/route_charge').send({ ...good, charge_amount: 80 });
    const waits = api.post('/route_charge').send(good).then();
    await vi.waitUntil(() => waitingRoom.size === 1);
    const turnedAway = await api.post('/route_charge').send(good);
    expect(turnedAway.body).toMatchObject({ error: 'Insufficient capacity', waited_ms: 0 });
    clock.advance(5_000);
    const { status, body, headers } = await waits;
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: 'Insufficient capacity', waited_ms: 5_000, max_capacity: 80 });
    expect(headers).toHaveProperty('retry-after', '1');
    // The one that was turned away at the door has not waited.
    expect((await api.get('/metrics')).text).toContain(
      'load_balancer_wait_seconds_sum{outcome="rejected"} 5\n',
    );
  });
});
