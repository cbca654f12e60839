import { createLogger, createRegistry } from '@gridclock/service-kit';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../substation_service/app.ts';
import { Charging } from '../../substation_service/charging.ts';
import { RequestMemory } from '../../substation_service/request-memory.ts';
import { Substation } from '../../substation_service/substation.ts';
import { SubstationMetrics } from '../../substation_service/substation-metrics.ts';
import { ManualClock } from './manual-clock.ts';

type Settings = { highPriorityReserve?: number; adminToken?: string };

function startSubstation({ highPriorityReserve = 0, adminToken }: Settings = {}) {
  const clock = new ManualClock();
  const registry = createRegistry();
  const memory = new RequestMemory({ rememberMs: 60_000, limit: 1000, now: clock.now });
  const substation = new Substation({ id: 's1', maxCapacity: 100, highPriorityReserve, memory });
  let ids = 0;
  const charging = new Charging({
    substation,
    metrics: new SubstationMetrics(registry, substation),
    processingTimeS: 10,
    clock,
    random: () => 0.5,
    newId: () => String(++ids),
  });
  const app = createApp({ charging, adminToken, registry, logger: createLogger('test', 'silent') });
  return { api: supertest(app), clock };
}

const good = { vehicle_id: 'EV_1', charge_amount: 22, priority: 'normal' };

describe('POST /charge', () => {
  it('accepts with the session and the load', async () => {
    const { api } = startSubstation();
    const { status, body } = await api.post('/charge').send(good);
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'accepted',
      session_id: 's1~1',
      substation_id: 's1',
      vehicle_id: 'EV_1',
      charge_amount: 22,
      estimated_duration: 10,
      start_time: '1970-01-01T00:00:00.000Z',
      current_load: 22,
      max_capacity: 100,
    });
  });

  it('refuses with 503 and what would have fitted', async () => {
    const { api } = startSubstation();
    const { status, body } = await api.post('/charge').send({ ...good, charge_amount: 101 });
    expect(status).toBe(503);
    expect(body).toEqual({
      error: 'Insufficient capacity',
      current_load: 0,
      max_capacity: 100,
      available_capacity: 100,
    });
  });

  it('gives the load back when the time of the session is over, neither earlier nor later', async () => {
    const { api, clock } = startSubstation();
    await api.post('/charge').send(good);
    clock.pass(9_999);
    expect((await api.get('/status')).body).toMatchObject({ current_load: 22, active_sessions: 1 });
    clock.pass(1);
    expect((await api.get('/status')).body).toMatchObject({
      current_load: 0,
      active_sessions: 0,
      sessions: {},
    });
  });

  it('repeats its answer for the same request_id, marked as a repetition', async () => {
    const { api } = startSubstation();
    const first = await api.post('/charge').send({ ...good, request_id: 'r1' });
    const second = await api.post('/charge').send({ ...good, request_id: 'r1' });
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(second.headers).toHaveProperty('idempotency-replayed', 'true');
  });

  it('answers 409 naming request_id when that was used for another request', async () => {
    const { api } = startSubstation();
    await api.post('/charge').send({ ...good, request_id: 'r1' });
    const { status, body } = await api.post('/charge').send({ ...good, charge_amount: 1, request_id: 'r1' });
    expect(status).toBe(409);
    expect(body).toMatchObject({ field: 'request_id' });
  });

  it.each([
    ['charge_amount', '{"vehicle_id":"a","charge_amount":"nan"}'],
    ['body', '{"vehicle_id":"a","charge_amount":NaN}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":1e999}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":-1}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":0}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":"22"}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":null}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":[22]}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":1000001}'],
    ['charge_amount', '{"vehicle_id":"a"}'],
    ['vehicle_id', '{"charge_amount":22}'],
    ['vehicle_id', '{"vehicle_id":"","charge_amount":22}'],
    ['vehicle_id', '{"vehicle_id":7,"charge_amount":22}'],
    ['vehicle_id', '{"__proto__":{"vehicle_id":"a"},"charge_amount":22}'],
    ['priority', '{"vehicle_id":"a","charge_amount":22,"priority":"urgent"}'],
    ['request_id', '{"vehicle_id":"a","charge_amount":22,"request_id":""}'],
    ['dispatch.round', '{"vehicle_id":"a","charge_amount":22,"dispatch":{"round":-1,"attempt":1}}'],
    ['body', '[]'],
    ['body', '{"vehicle_id":'],
    ['vehicle_id', ''],
    ['body', '22'],
  ])('answers 400 naming %s and changes nothing for %s', async (field, text) => {
    const { api } = startSubstation();
    const { status, body } = await api.post('/charge').type('application/json').send(text);
    expect({ status, field: body.field }).toEqual({ status: 400, field });
    expect((await api.get('/status')).body).toMatchObject({ current_load: 0, active_sessions: 0 });
  });

  it('answers 400 for a body that is not declared to be JSON', async () => {
    const { api } = startSubstation();
    const { status, body } = await api.post('/charge').type('text/plain').send(JSON.stringify(good));
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'body' });
  });

  it('answers 413 for a body that is too large', async () => {
    const { api } = startSubstation();
    const { status, body } = await api.post('/charge').send({ ...good, vehicle_id: 'x'.repeat(100_000) });
    expect({ status, field: body.field }).toEqual({ status: 413, field: 'body' });
  });

  it('charges a vehicle that is called like a part of every object', async () => {
    const { api } = startSubstation();
    const { body } = await api.post('/charge').send({ ...good, vehicle_id: '__proto__' });
    expect(body).toMatchObject({ status: 'accepted', vehicle_id: '__proto__' });
  });
});

describe('GET /status', () => {
  it('shows the load and every session', async () => {
    const { api, clock } = startSubstation();
    await api.post('/charge').send(good);
    clock.pass(4_000);
    expect((await api.get('/status')).body).toEqual({
      substation_id: 's1',
      current_load: 22,
      max_capacity: 100,
      utilization_percent: 22,
      active_sessions: 1,
      available_capacity: 78,
      draining: false,
      sessions: {
        's1~1': { vehicle_id: 'EV_1', charge_amount: 22, priority: 'normal', remaining_time: 6 },
      },
      timestamp: '1970-01-01T00:00:04.000Z',
    });
  });
});

describe('sessions', () => {
  it('are listed and shown one by one', async () => {
    const { api } = startSubstation();
    await api.post('/charge').send(good);
    const session = { session_id: 's1~1', substation_id: 's1', vehicle_id: 'EV_1', remaining_time: 10 };
    expect((await api.get('/sessions')).body).toMatchObject({ sessions: [session] });
    expect((await api.get('/sessions/s1~1')).body).toMatchObject(session);
  });

  it('end early when asked to, and give their load back at once', async () => {
    const { api, clock } = startSubstation();
    await api.post('/charge').send(good);
    const { status, body } = await api.delete('/sessions/s1~1');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'stopped', session_id: 's1~1', current_load: 0 });
    clock.pass(10_000);
    expect((await api.get('/metrics')).text).toContain('substation_sessions_ended_total{end="completed"} 0');
  });

  it('that do not exist are 404', async () => {
    const { api } = startSubstation();
    for (const id of ['s1~9', '__proto__']) {
      expect((await api.get(`/sessions/${id}`)).status).toBe(404);
      expect((await api.delete(`/sessions/${id}`)).status).toBe(404);
    }
  });
});

describe('POST /drain', () => {
  it('refuses new sessions from then on and lets running ones finish', async () => {
    const { api } = startSubstation();
    await api.post('/charge').send(good);
    expect((await api.post('/drain')).body).toMatchObject({ status: 'draining', active_sessions: 1 });
    const { status, body } = await api.post('/charge').send(good);
    expect(status).toBe(503);
    expect(body).toEqual({ error: 'Draining', substation_id: 's1' });
    expect((await api.get('/ready')).status).toBe(503);
    expect((await api.get('/status')).body).toMatchObject({ active_sessions: 1, draining: true });
  });

  it('needs the admin token where there is one, and changes nothing without it', async () => {
    const { api } = startSubstation({ adminToken: 'open-sesame' });
    const attempts = [api.post('/drain'), api.post('/drain').set('Authorization', 'Bearer guessed')];
    for (const attempt of attempts) expect((await attempt).status).toBe(401);
    expect((await api.get('/status')).body).toMatchObject({ draining: false });
    const allowed = await api.post('/drain').set('Authorization', 'Bearer open-sesame');
    expect(allowed.status).toBe(202);
  });
});

describe('POST /requests/lookup', () => {
  const dispatch = { round: 1, attempt: 0 };

  it('finds the answer that was given', async () => {
    const { api } = startSubstation();
    const { body: answer } = await api.post('/charge').send({ ...good, request_id: 'r1' });
    const { body } = await api.post('/requests/lookup').send({ request_id: 'r1', dispatch });
    expect(body).toEqual({ known: true, answer });
  });

  it('makes sure that what it does not know does not arrive later', async () => {
    const { api } = startSubstation();
    const { body } = await api.post('/requests/lookup').send({ request_id: 'r1', dispatch });
    expect(body).toEqual({ known: false });
    const late = await api
      .post('/charge')
      .send({ ...good, request_id: 'r1', dispatch: { round: 0, attempt: 3 } });
    expect(late.status).toBe(409);
    expect(late.body).toEqual({ error: 'Superseded' });
  });

  it('answers 400 naming what is missing', async () => {
    const { api } = startSubstation();
    const { status, body } = await api.post('/requests/lookup').send({ request_id: 'r1' });
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'dispatch' });
  });
});

describe('GET /metrics', () => {
  it('has the names that dashboards and balancers read, without labels', async () => {
    const { api } = startSubstation({ highPriorityReserve: 10 });
    await api.post('/charge').send({ ...good, charge_amount: 0.1 });
    for (let time = 0; time < 2; time += 1)
      await api.post('/charge').send({ ...good, charge_amount: 0.2, request_id: 'r1' });
    await api.post('/charge').send({ ...good, charge_amount: 99.9 });
    const lines = (await api.get('/metrics')).text.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'substation_current_load 0.3',
        'substation_max_capacity 100',
        'substation_active_sessions 2',
        'substation_utilization_percent 0.3',
        'substation_high_priority_reserve 10',
        'substation_draining 0',
        'substation_info{substation_id="s1"} 1',
        'substation_charges_accepted_total 2',
        'substation_charges_replayed_total 1',
        'substation_accepted_kilowatts_total 0.3',
        'substation_charges_rejected_total{reason="capacity"} 1',
        'substation_charges_rejected_total{reason="draining"} 0',
        'substation_sessions_ended_total{end="completed"} 0',
      ]),
    );
  });
});

describe('GET /health', () => {
  it('says that the process lives', async () => {
    const { api } = startSubstation();
    expect((await api.get('/health')).body).toMatchObject({
      status: 'healthy',
      service: 'substation_service',
    });
  });
});
