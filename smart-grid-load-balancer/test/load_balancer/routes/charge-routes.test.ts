import { ATTEMPTS_HEADER, REQUEST_HISTORY_HEADER } from '@gridclock/grid-protocol';
import { describe, expect, it, vi } from 'vitest';
import { serveBalancer } from '../../support/balancer.ts';
import { validCharge } from '../../support/substation.ts';

describe.each(['/route_charge', '/assign_substation'])('POST %s', (path) => {
  it("relays the substation's acceptance and names the substation", async () => {
    const { api } = await serveBalancer({ a: 80 });
    await api.post(path).send(validCharge);
    const { status, body } = await api.post(path).send({ ...validCharge, vehicle_id: 'EV_2' });
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

  it('responds with 503 and the free capacity when the grid is full', async () => {
    const { api, grid } = await serveBalancer();
    grid.fill('a', 75);
    grid.fill('b', 101);
    const { status, body } = await api.post(path).send({ ...validCharge, request_id: 'r1' });
    expect(status).toBe(503);
    expect(body).toMatchObject({
      error: 'Insufficient capacity',
      current_load: 101,
      max_capacity: 120,
      available_capacity: 19,
      largest_capacity: 120,
      substations_asked: 2,
      request_id: 'r1',
    });
  });

  it('responds with 422 to a request that exceeds every substation', async () => {
    const { api, grid } = await serveBalancer();
    const { status, body } = await api
      .post(path)
      .send({ ...validCharge, charge_amount: 121, request_id: 'r1' });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      error: 'charge_amount: is larger than every substation',
      field: 'charge_amount',
      largest_capacity: 120,
      request_id: 'r1',
    });
    expect(grid.sent).toEqual([]);
  });

  it('responds with 503 and its own reason when room is unknown', async () => {
    const { api, view } = await serveBalancer();
    for (const _ of [1, 2]) view.failed('b', 0);
    const { status, body, headers } = await api.post(path).send({ ...validCharge, charge_amount: 100 });
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: 'Capacity unknown', unknown_substations: ['b'] });
    expect(headers).toHaveProperty('retry-after', '1');
  });

  it('responds with 503 when no substation can be reached', async () => {
    const { api, grid } = await serveBalancer();
    grid.fail('a', 'unreachable');
    grid.fail('b', 'unreachable');
    const { status, body } = await api.post(path).send(validCharge);
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: 'No substation available' });
  });

  it('responds with 504 and the request id when a substation may have accepted', async () => {
    const { api, clock, grid } = await serveBalancer({ a: 80 });
    grid.fail('a', 'response-lost', 'message-lost', 'message-lost');
    const response = api
      .post(path)
      .set(REQUEST_HISTORY_HEADER, 'new')
      .send({ ...validCharge, request_id: 'r1' })
      .then();
    const retried = () => {
      clock.advance(100);
      return grid.sent.length === 3;
    };
    await vi.waitUntil(retried, { interval: 1 });
    const { status, body, headers } = await response;
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
  ])('responds with 400 naming %s and asks no substation for %s', async (field, text) => {
    const { api, grid } = await serveBalancer();
    const { status, body } = await api.post(path).type('application/json').send(text);
    expect({ status, field: body.field }).toEqual({ status: 400, field });
    expect(grid.sent).toEqual([]);
  });

  it('responds with 413 to a body that is too large', async () => {
    const { api } = await serveBalancer();
    expect((await api.post(path).send({ ...validCharge, vehicle_id: 'x'.repeat(100_000) })).status).toBe(413);
  });
});

describe('a request_id in POST /route_charge', () => {
  it('is looked up at the substations unless the header says that it is new', async () => {
    const { api, grid } = await serveBalancer({ a: 80 });
    grid.fail('a', 'message-lost');
    const asked = await api
      .post('/route_charge')
      .set(ATTEMPTS_HEADER, '1')
      .send({ ...validCharge, request_id: 'r1' });
    expect(asked.body).toMatchObject({ error: 'Outcome unknown', sent: false });
    expect(grid.sent).toEqual([]);
    const fresh = await api
      .post('/route_charge')
      .set(REQUEST_HISTORY_HEADER, 'new')
      .send({ ...validCharge, request_id: 'r2' });
    expect(fresh.status).toBe(200);
  });

  it.each(['0', '-1', '1.5', 'many', ''])(
    'is a 400 where the header allows "%s" messages',
    async (allowed) => {
      const { api, grid } = await serveBalancer();
      const { status, body } = await api
        .post('/route_charge')
        .set(ATTEMPTS_HEADER, allowed)
        .send({ ...validCharge, request_id: 'r1' });
      expect({ status, field: body.field }).toEqual({ status: 400, field: ATTEMPTS_HEADER });
      expect(grid.sent).toEqual([]);
    },
  );

  it('gets the same session again, and 422 for a different request', async () => {
    const { api } = await serveBalancer();
    const first = await api.post('/route_charge').send({ ...validCharge, request_id: 'r1' });
    const again = await api.post('/route_charge').send({ ...validCharge, request_id: 'r1' });
    expect(again.body).toEqual(first.body);
    const other = await api
      .post('/route_charge')
      .send({ ...validCharge, charge_amount: 1, request_id: 'r1' });
    expect(other.status).toBe(422);
    expect(other.body).toMatchObject({ field: 'request_id' });
  });
});

describe('a request_id that came with a credential', () => {
  const charge = { ...validCharge, request_id: 'r1' };

  it('gets the same session only with the same one', async () => {
    const { api, grid } = await serveBalancer();
    const send = (authorization?: string) => {
      const sent = api.post('/route_charge').send(charge);
      return authorization === undefined ? sent : sent.set('authorization', authorization);
    };
    const first = await send('Bearer alice');
    for (const other of [undefined, 'Bearer bob', '']) {
      const { status, body } = await send(other);
      expect({ status, code: body.code }).toEqual({ status: 422, code: 'idempotency_key_reused' });
      expect(JSON.stringify(body)).not.toContain(first.body.session_id);
    }
    expect((await send('Bearer alice')).body).toEqual(first.body);
    expect(grid.placesOf('EV_1')).toHaveLength(1);
    expect(JSON.stringify(grid.sent)).not.toContain('alice');
  });

  it('gets 409 from a charge service that sends another one', async () => {
    const { api } = await serveBalancer();
    const send = (credential: string) =>
      api
        .post('/route_charge')
        .set('request-history', 'unseen')
        .send({ ...charge, credential });
    expect((await send('a'.repeat(64))).status).toBe(200);
    expect(await send('b'.repeat(64))).toMatchObject({
      status: 409,
      body: { status: 409, field: 'request_id' },
    });
    expect((await send('a'.repeat(64))).status).toBe(200);
    expect(await send('secret')).toMatchObject({ status: 400, body: { field: 'credential' } });
  });
});

describe('copies of a request', () => {
  it('share one placement, also one that arrives after the refusal of the other', async () => {
    const { api, grid } = await serveBalancer({ a: 80 });
    grid.fill('a', 80);
    const charge = (copy: string) =>
      api
        .post('/route_charge')
        .set('request-copy', copy)
        .send({ ...validCharge, request_id: 'r1' });
    const first = await charge('copy-1');
    expect({ status: first.status, copies: first.headers['request-copy'] }).toEqual({
      status: 503,
      copies: 'shared',
    });
    grid.empty('a');
    expect((await charge('copy-1')).body).toEqual(first.body);
    expect(grid.placesOf('EV_1')).toEqual([]);
    expect((await charge('copy-2')).status).toBe(200);
  });
});

describe('the deadline of a charge message', () => {
  it('is the time that the sender waits', async () => {
    const { api, grid } = await serveBalancer({ a: 80 });
    const charge = (left: string) =>
      api.post('/route_charge').set('request-deadline-ms', left).send(validCharge);
    const late = await charge('1');
    expect({ status: late.status, error: late.body.error }).toEqual({
      status: 503,
      error: 'Deadline exceeded',
    });
    expect(grid.sent).toEqual([]);
    expect(await charge('-1')).toMatchObject({ status: 400, body: { field: 'request-deadline-ms' } });
    expect((await charge('1000')).status).toBe(200);
  });
});
