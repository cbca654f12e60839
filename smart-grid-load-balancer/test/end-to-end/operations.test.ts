import type { LocalService } from '@gridclock/local-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  endlessSessions,
  startBalancer,
  startChargeService,
  startSubstation,
  stopAll,
} from '../support/grid.ts';
import { holderOf, metric, send } from '../support/http.ts';

const token = 'a-token-for-tests';

const started: LocalService[] = [];
let first: LocalService;
let second: LocalService;
let balancer: LocalService;
let chargeService: LocalService;

beforeAll(async () => {
  first = await startSubstation('substation_1', endlessSessions);
  second = await startSubstation('substation_2', { ...endlessSessions, HIGH_PRIORITY_RESERVE_KW: '40' });
  // Longer than this test takes on any machine: no queued request is rejected by its deadline.
  const withQueue = { ADMIN_TOKEN: token, MAX_QUEUE: '10', MAX_WAIT_MS: '60000' };
  balancer = await startBalancer([first], withQueue);
  chargeService = await startChargeService(balancer, { BALANCER_TIMEOUT_MS: '70000' });
  started.push(first, second, balancer, chargeService);
  await Promise.all(started.map((service) => service.ready()));
});

afterAll(async () => {
  await stopAll(started);
});

const charge = (vehicle_id: string, charge_amount: number, priority = 'normal') =>
  send('POST', `${chargeService.url}/charge`, { vehicle_id, charge_amount, priority });
const adminRequest = (method: string, path: string, body?: object) =>
  send(method, `${balancer.url}${path}`, body, { authorization: `Bearer ${token}` });
const status = async () => (await send('GET', `${balancer.url}/status`)).body;

describe('a grid in operation', () => {
  it('queues a vehicle until load is released, and then charges it', async () => {
    const { body: session } = await charge('EV_first', 80);
    const waiting = charge('EV_waiting', 50);
    await expect.poll(() => metric(balancer, 'load_balancer_waiting_requests'), { timeout: 30_000 }).toBe(1);
    const path = `/sessions/${session.session_id}`;
    await send('DELETE', `${chargeService.url}${path}`, undefined, holderOf(session));
    expect(await waiting).toMatchObject({
      status: 200,
      body: { vehicle_id: 'EV_waiting', current_load: 50 },
    });
  });

  it('uses a substation that is added at run time', async () => {
    const added = await adminRequest('POST', '/substations', { id: 'substation_2', url: second.url });
    expect(added.status).toBe(201);
    await expect
      .poll(status, { timeout: 30_000 })
      .toMatchObject({ substations: { substation_2: { health: 'up' } } });
    const { body } = await charge('EV_large', 70);
    expect(body).toMatchObject({ status: 'accepted', substation_id: 'substation_2' });
  });

  it('keeps the reserve of a substation for high priority', async () => {
    const { body } = await charge('EV_urgent', 45, 'high');
    expect(body).toMatchObject({ status: 'accepted', substation_id: 'substation_2', current_load: 115 });
  });

  it('routes around a draining substation and keeps its sessions', async () => {
    await send('POST', `${first.url}/drain`);
    await expect
      .poll(status, { timeout: 30_000 })
      .toMatchObject({ substations: { substation_1: { health: 'draining' } } });
    const { body } = await charge('EV_small', 5, 'high');
    expect(body).toMatchObject({ status: 'accepted', substation_id: 'substation_2' });
    expect(await metric(first, 'substation_active_sessions')).toBe(1);
  });

  it('uses a substation again that no longer drains', async () => {
    await send('DELETE', `${first.url}/drain`);
    await expect
      .poll(status, { timeout: 30_000 })
      .toMatchObject({ substations: { substation_1: { health: 'up' } } });
    const { body } = await charge('EV_back', 6, 'high');
    expect(body).toMatchObject({ status: 'accepted', substation_id: 'substation_1' });
  });

  it('forgets a removed substation', async () => {
    expect((await adminRequest('DELETE', '/substations/substation_1')).status).toBe(200);
    expect((await status()).substation_loads).toEqual({ substation_2: 120 });
  });
});
