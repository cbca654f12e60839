import { sessionListSchema } from '@gridclock/grid-protocol';
import type { LocalService } from '@gridclock/local-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  endlessSessions,
  type Grid,
  servicesOf,
  startGrid,
  startSubstation,
  stopAll,
} from '../support/grid.ts';
import { holderOf, metric, send } from '../support/http.ts';

let grid: Grid;
let substations: LocalService[];
const restarted: LocalService[] = [];

beforeAll(async () => {
  grid = await startGrid(endlessSessions);
  substations = Object.values(grid.substations);
});

afterAll(async () => {
  await stopAll([...restarted, ...servicesOf(grid)]);
});

/** What the services said of each session that they started. */
const charged = new Map<unknown, Record<string, unknown>>();
const charge = async (body: object) => {
  const response = await send('POST', `${grid.chargeService.url}/charge`, body);
  if (response.status === 200) charged.set(response.body.session_id, response.body);
  return response;
};
const ask = (method: string, id: string | undefined) =>
  send(method, `${grid.chargeService.url}/sessions/${id}`, undefined, holderOf(charged.get(id) ?? {}));
const readAll = (name: string) => Promise.all(substations.map((service) => metric(service, name)));
const sessionIds = async () => {
  const { body } = await send('GET', `${grid.chargeService.url}/sessions`);
  return sessionListSchema.parse(body).sessions.map(({ session_id }) => session_id);
};

describe('a grid of five processes', () => {
  it('accepts or rejects every request at twice its capacity, and counts each once', async () => {
    const responses = await Promise.all(
      Array.from({ length: 60 }, (_, index) => charge({ vehicle_id: `EV_${index}`, charge_amount: 10 })),
    );
    const accepted = responses.filter(({ status }) => status === 200).length;
    const rejected = responses.filter(({ status }) => status !== 200);
    for (const { status, body } of rejected)
      expect({ status, error: body.error }).toEqual({ status: 503, error: 'Insufficient capacity' });
    const counted = await readAll('substation_charges_accepted_total');
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(accepted);
    const rejections = 'load_balancer_requests_total{outcome="insufficient_capacity"}';
    expect(await metric(grid.balancer, rejections)).toBe(rejected.length);
  });

  it('fills up to the last kW', async () => {
    const fillUp = async () => {
      await charge({ vehicle_id: 'EV_60', charge_amount: 10 });
      return readAll('substation_current_load');
    };
    await expect.poll(fillUp, { timeout: 30_000 }).toEqual([80, 120, 100]);
    expect(await readAll('substation_accepted_kilowatts_total')).toEqual([80, 120, 100]);
  });

  it('lists all sessions and stops each one by its id, down to a load of 0', async () => {
    const ids = await sessionIds();
    expect(new Set(ids).size).toBe(30);
    const shown = await ask('GET', ids[0]);
    expect(shown).toMatchObject({ status: 200, body: { session_id: ids[0], charge_amount: 10 } });
    const unheld = await send('DELETE', `${grid.chargeService.url}/sessions/${ids[0]}`);
    expect(unheld).toMatchObject({ status: 401, body: { session_id: ids[0] } });
    const stopped = await Promise.all(ids.map((id) => ask('DELETE', id)));
    expect(new Set(stopped.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await readAll('substation_current_load')).toEqual([0, 0, 0]);
    expect(await ask('GET', ids[0])).toMatchObject({ status: 404 });
  });

  it('returns the same session for the same Idempotency-Key', async () => {
    const repeat = () =>
      send(
        'POST',
        `${grid.chargeService.url}/charge`,
        { vehicle_id: 'EV_1', charge_amount: 11 },
        { 'Idempotency-Key': 'k1' },
      );
    const first = await repeat();
    expect(first).toMatchObject({ status: 200, body: { status: 'accepted' } });
    expect(await repeat()).toEqual(first);
    expect(await sessionIds()).toEqual([first.body.session_id]);
  });

  it('returns the largest capacity for a request that exceeds every substation', async () => {
    const { status, body } = await charge({ vehicle_id: 'EV_1', charge_amount: 150 });
    expect(status).toBe(422);
    expect(body).toMatchObject({ field: 'charge_amount', largest_capacity: 120 });
  });

  it('ejects a killed substation, uses the others, and readmits it after its restart', async () => {
    const killed = grid.substations.substation_2;
    killed.signal('SIGKILL');
    await killed.exited;
    const view = async () => (await send('GET', `${grid.balancer.url}/status`)).body;
    await expect
      .poll(view, { timeout: 30_000 })
      .toMatchObject({ substations: { substation_2: { health: 'ejected' } } });
    expect(await charge({ vehicle_id: 'EV_1', charge_amount: 11 })).toMatchObject({ status: 200 });
    restarted.push(await startSubstation('substation_2', endlessSessions, killed.port));
    await expect
      .poll(view, { timeout: 30_000 })
      .toMatchObject({ substations: { substation_2: { health: 'up', polled_load: 0 } } });
    // Only substation_2 has room for so much.
    const { body } = await charge({ vehicle_id: 'EV_1', charge_amount: 110 });
    expect(body).toMatchObject({ status: 'accepted', substation_id: 'substation_2' });
  });

  it('ends a session when its time is over', async () => {
    const substation = await startSubstation('substation_1', { CHARGE_PROCESSING_TIME: '0.1' });
    restarted.push(substation);
    await substation.ready();
    const response = await send('POST', `${substation.url}/charge`, {
      vehicle_id: 'EV_1',
      charge_amount: 0.1,
    });
    expect(response).toMatchObject({ status: 200 });
    const ended = 'substation_sessions_ended_total{end="completed"}';
    await expect.poll(() => metric(substation, ended), { timeout: 30_000 }).toBe(1);
    expect(await metric(substation, 'substation_current_load')).toBe(0);
  });
});
