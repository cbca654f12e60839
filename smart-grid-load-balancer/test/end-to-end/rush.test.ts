import { sessionListSchema } from '@gridclock/grid-protocol';
import type { LocalService } from '@gridclock/local-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Grid, startGrid, startSubstation, stopAll } from './grid.ts';
import { metric, send } from './http.ts';

let grid: Grid;
let substations: LocalService[];
const later: LocalService[] = [];

/** No session ends by itself within this test, however slow the machine is. */
const endless = { CHARGE_PROCESSING_TIME: '3600' };

beforeAll(async () => {
  grid = await startGrid(endless);
  substations = Object.values(grid.substations);
});

afterAll(async () => {
  await stopAll([...later, ...substations, grid.balancer, grid.entry]);
});

const charge = (body: object) => send('POST', `${grid.entry.url}/charge`, body);
const readAll = (name: string) => Promise.all(substations.map((service) => metric(service, name)));
const sessionIds = async () => {
  const { body } = await send('GET', `${grid.entry.url}/sessions`);
  return sessionListSchema.parse(body).sessions.map(({ session_id }) => session_id);
};

describe('the grid, as five processes', () => {
  it('answers a rush of twice its capacity with charges and refusals alone, each counted once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => charge({ vehicle_id: `EV_${index}`, charge_amount: 10 })),
    );
    const accepted = answers.filter(({ status }) => status === 200).length;
    const refused = answers.filter(({ status }) => status !== 200);
    for (const { status, body } of refused)
      expect({ status, error: body.error }).toEqual({ status: 503, error: 'Insufficient capacity' });
    const counted = await readAll('substation_charges_accepted_total');
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(accepted);
    const refusals = 'load_balancer_requests_total{outcome="insufficient_capacity"}';
    expect(await metric(grid.balancer, refusals)).toBe(refused.length);
  });

  it('is then full to the last kW, or as soon as all substations have been asked once more', async () => {
    const fillUp = async () => {
      await charge({ vehicle_id: 'EV_60', charge_amount: 10 });
      return readAll('substation_current_load');
    };
    await expect.poll(fillUp, { timeout: 30_000 }).toEqual([80, 120, 100]);
    expect(await readAll('substation_accepted_kilowatts_total')).toEqual([80, 120, 100]);
  });

  it('lists the sessions and stops each by its id, through the public entry, down to a load of 0', async () => {
    const ids = await sessionIds();
    expect(new Set(ids).size).toBe(30);
    const shown = await send('GET', `${grid.entry.url}/sessions/${ids[0]}`);
    expect(shown).toMatchObject({ status: 200, body: { session_id: ids[0], charge_amount: 10 } });
    const stopped = await Promise.all(ids.map((id) => send('DELETE', `${grid.entry.url}/sessions/${id}`)));
    expect(new Set(stopped.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await readAll('substation_current_load')).toEqual([0, 0, 0]);
    expect(await send('GET', `${grid.entry.url}/sessions/${ids[0]}`)).toMatchObject({ status: 404 });
  });

  it('gives the same session to the same Idempotency-Key', async () => {
    const again = () =>
      send(
        'POST',
        `${grid.entry.url}/charge`,
        { vehicle_id: 'EV_1', charge_amount: 11 },
        { 'Idempotency-Key': 'k1' },
      );
    const first = await again();
    expect(first).toMatchObject({ status: 200, body: { status: 'accepted' } });
    expect(await again()).toEqual(first);
    expect(await sessionIds()).toEqual([first.body.session_id]);
  });

  it('says what would have fitted when a request is larger than every substation', async () => {
    const { status, body } = await charge({ vehicle_id: 'EV_1', charge_amount: 150 });
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: 'Insufficient capacity', largest_capacity: 120 });
  });

  it('ejects a killed substation, charges at the others, and readmits it when it returns', async () => {
    const killed = grid.substations.substation_2;
    killed.signal('SIGKILL');
    await killed.ended;
    const view = async () => (await send('GET', `${grid.balancer.url}/status`)).body;
    await expect
      .poll(view, { timeout: 30_000 })
      .toMatchObject({ substations: { substation_2: { health: 'ejected' } } });
    expect(await charge({ vehicle_id: 'EV_1', charge_amount: 11 })).toMatchObject({ status: 200 });
    later.push(await startSubstation('substation_2', endless, killed.port));
    await expect
      .poll(view, { timeout: 30_000 })
      .toMatchObject({ substations: { substation_2: { health: 'up', polled_load: 0 } } });
    // Larger than the others, so it can only be there.
    const { body } = await charge({ vehicle_id: 'EV_1', charge_amount: 110 });
    expect(body).toMatchObject({ status: 'accepted', substation_id: 'substation_2' });
  });

  it('ends sessions by itself when their time is over', async () => {
    const quick = await startSubstation('substation_1', { CHARGE_PROCESSING_TIME: '0.1' });
    later.push(quick);
    await quick.ready();
    const answer = await send('POST', `${quick.url}/charge`, { vehicle_id: 'EV_1', charge_amount: 0.1 });
    expect(answer).toMatchObject({ status: 200 });
    const ended = 'substation_sessions_ended_total{end="completed"}';
    await expect.poll(() => metric(quick, ended), { timeout: 30_000 }).toBe(1);
    expect(await metric(quick, 'substation_current_load')).toBe(0);
  });
});
