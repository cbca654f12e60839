import type { LocalService } from '@gridclock/local-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBalancer, startEntry, startSubstation, stopAll } from './grid.ts';
import { metric, send } from './http.ts';

const endless = { CHARGE_PROCESSING_TIME: '3600' };
const token = 'a-token-for-tests';

const started: LocalService[] = [];
let first: LocalService;
let second: LocalService;
let balancer: LocalService;
let entry: LocalService;

beforeAll(async () => {
  first = await startSubstation('substation_1', endless);
  second = await startSubstation('substation_2', { ...endless, HIGH_PRIORITY_RESERVE_KW: '40' });
  // Longer than any machine takes for this test: nobody is turned away by the deadline.
  const patient = { ADMIN_TOKEN: token, MAX_QUEUE: '10', MAX_WAIT_MS: '60000' };
  balancer = await startBalancer([first], patient);
  entry = await startEntry(balancer, { BALANCER_TIMEOUT_MS: '70000' });
  started.push(first, second, balancer, entry);
  await Promise.all(started.map((service) => service.ready()));
});

afterAll(async () => {
  await stopAll(started);
});

const charge = (vehicle_id: string, charge_amount: number, priority = 'normal') =>
  send('POST', `${entry.url}/charge`, { vehicle_id, charge_amount, priority });
const administrate = (method: string, path: string, body?: object) =>
  send(method, `${balancer.url}${path}`, body, { authorization: `Bearer ${token}` });
const view = async () => (await send('GET', `${balancer.url}/status`)).body;

describe('a grid in operation', () => {
  it('lets a vehicle wait until load is given back, and then charges it', async () => {
    const { body: session } = await charge('EV_first', 80);
    const waiting = charge('EV_waiting', 50);
    await expect.poll(() => metric(balancer, 'load_balancer_waiting_requests'), { timeout: 30_000 }).toBe(1);
    await send('DELETE', `${entry.url}/sessions/${session.session_id}`);
    expect(await waiting).toMatchObject({
      status: 200,
      body: { vehicle_id: 'EV_waiting', current_load: 50 },
    });
  });

  it('uses a substation that is added while it runs', async () => {
    const added = await administrate('POST', '/substations', { id: 'substation_2', url: second.url });
    expect(added.status).toBe(201);
    await expect
      .poll(view, { timeout: 30_000 })
      .toMatchObject({ substations: { substation_2: { health: 'up' } } });
    const { body } = await charge('EV_large', 70);
    expect(body).toMatchObject({ status: 'accepted', substation_id: 'substation_2' });
  });

  it('keeps the reserve of a substation for high priority', async () => {
    const { body } = await charge('EV_urgent', 45, 'high');
    expect(body).toMatchObject({ status: 'accepted', substation_id: 'substation_2', current_load: 115 });
  });

  it('sends nothing more to a substation that drains, and lets its sessions run', async () => {
    await send('POST', `${first.url}/drain`);
    await expect
      .poll(view, { timeout: 30_000 })
      .toMatchObject({ substations: { substation_1: { health: 'draining' } } });
    const { body } = await charge('EV_small', 5, 'high');
    expect(body).toMatchObject({ status: 'accepted', substation_id: 'substation_2' });
    expect(await metric(first, 'substation_active_sessions')).toBe(1);
  });

  it('forgets a substation that is removed', async () => {
    expect((await administrate('DELETE', '/substations/substation_1')).status).toBe(200);
    expect((await view()).substation_loads).toEqual({ substation_2: 120 });
  });
});
