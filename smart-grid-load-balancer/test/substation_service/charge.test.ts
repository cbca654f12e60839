import { describe, expect, it } from 'vitest';
import { validCharge } from '../support/substation.ts';
import { serveSubstation } from '../support/substation-app.ts';

describe('POST /charge', () => {
  it('accepts a request and returns the session and the load', async () => {
    const { api } = serveSubstation();
    const { status, body } = await api.post('/charge').send(validCharge);
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
      session_secret: expect.any(String),
    });
  });

  it('rejects with 503 and returns the available capacity', async () => {
    const { api } = serveSubstation();
    const { status, body } = await api.post('/charge').send({ ...validCharge, charge_amount: 101 });
    expect(status).toBe(503);
    expect(body).toMatchObject({
      error: 'Insufficient capacity',
      current_load: 0,
      max_capacity: 100,
      available_capacity: 100,
    });
  });

  it('releases the load exactly when the session ends', async () => {
    const { api, clock } = serveSubstation();
    await api.post('/charge').send(validCharge);
    clock.advance(9_999);
    expect((await api.get('/status')).body).toMatchObject({ current_load: 22, active_sessions: 1 });
    clock.advance(1);
    expect((await api.get('/status')).body).toMatchObject({
      current_load: 0,
      active_sessions: 0,
      sessions: {},
    });
  });

  it('replays the response to a repeated request_id and marks it in a header', async () => {
    const { api } = serveSubstation();
    const first = await api.post('/charge').send({ ...validCharge, request_id: 'r1' });
    const second = await api.post('/charge').send({ ...validCharge, request_id: 'r1' });
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(second.headers).toHaveProperty('idempotency-replayed', 'true');
  });

  it('replays to the same credential only: 422 for a client, 409 for a balancer', async () => {
    const { api } = serveSubstation();
    const charge = { ...validCharge, request_id: 'r1' };
    const first = await api.post('/charge').set('authorization', 'Bearer alice').send(charge);
    expect((await api.post('/charge').set('authorization', 'Bearer bob').send(charge)).status).toBe(422);
    const dispatch = { round: 1, attempt: 1 };
    const other = await api.post('/charge').send({ ...charge, dispatch, credential: 'a'.repeat(64) });
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_key_reused' } });
    const again = await api.post('/charge').set('authorization', 'Bearer alice').send(charge);
    expect(again.body).toEqual(first.body);
  });

  it('returns 422 for a request_id that belongs to a different request', async () => {
    const { api } = serveSubstation();
    await api.post('/charge').send({ ...validCharge, request_id: 'r1' });
    const { status, body } = await api
      .post('/charge')
      .send({ ...validCharge, charge_amount: 1, request_id: 'r1' });
    expect(status).toBe(422);
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
  ])('returns 400 naming %s and changes nothing for %s', async (field, text) => {
    const { api } = serveSubstation();
    const { status, body } = await api.post('/charge').type('application/json').send(text);
    expect({ status, field: body.field }).toEqual({ status: 400, field });
    expect((await api.get('/status')).body).toMatchObject({ current_load: 0, active_sessions: 0 });
  });

  it('returns 415 for a body whose type is not application/json', async () => {
    const { api } = serveSubstation();
    const { status, body } = await api.post('/charge').type('text/plain').send(JSON.stringify(validCharge));
    expect({ status, field: body.field }).toEqual({ status: 415, field: 'body' });
  });

  it('returns 413 for a body that is too large', async () => {
    const { api } = serveSubstation();
    const { status, body } = await api
      .post('/charge')
      .send({ ...validCharge, vehicle_id: 'x'.repeat(100_000) });
    expect({ status, field: body.field }).toEqual({ status: 413, field: 'body' });
  });

  it('accepts a vehicle named __proto__', async () => {
    const { api } = serveSubstation();
    const { body } = await api.post('/charge').send({ ...validCharge, vehicle_id: '__proto__' });
    expect(body).toMatchObject({ status: 'accepted', vehicle_id: '__proto__' });
  });
});
