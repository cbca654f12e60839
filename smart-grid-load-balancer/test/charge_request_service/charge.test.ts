import { afterEach, describe, expect, it } from 'vitest';
import {
  closeBalancers,
  outcomeUnknown,
  type StubResponse,
  serveChargeService,
  startStubBalancer,
  urgentCharge,
} from '../support/charge-service.ts';

afterEach(closeBalancers);

describe('POST /charge', () => {
  it("returns the balancer's response", async () => {
    const balancer = await startStubBalancer();
    const { status, body } = await serveChargeService(balancer.url).post('/charge').send(urgentCharge);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'accepted', vehicle_id: 'EV_1' });
    expect(balancer.received[0]).toMatchObject({ url: '/route_charge', body: urgentCharge });
  });

  it('relays a rejection unchanged, with its Retry-After header', async () => {
    const rejection = { error: 'Insufficient capacity', available_capacity: 3 };
    const balancer = await startStubBalancer({
      status: 503,
      body: rejection,
      headers: { 'retry-after': '7' },
    });
    const { status, body, headers } = await serveChargeService(balancer.url)
      .post('/charge')
      .send(urgentCharge);
    expect(status).toBe(503);
    expect(body).toMatchObject(rejection);
    expect(headers).toHaveProperty('retry-after', '7');
    expect(balancer.received).toHaveLength(1);
  });

  it("passes on the request's id, so that both services log the same", async () => {
    const rejection = { error: 'Insufficient capacity', request_id: 'charge-1' };
    const balancer = await startStubBalancer({ status: 503, body: rejection });
    const service = serveChargeService(balancer.url);
    await service.post('/charge').set('x-request-id', 'http-1').send(urgentCharge);
    await service.get('/sessions/s1~1').set('x-request-id', 'http-2');
    const { headers } = await service.post('/charge').send(urgentCharge);
    expect(balancer.received.map((received) => received.headers['x-request-id'])).toEqual([
      'http-1',
      'http-2',
      headers['x-request-id'],
    ]);
  });

  it('returns 503 at once if the balancer refuses the connection', async () => {
    const balancer = await startStubBalancer();
    await balancer.close();
    const { status, body } = await serveChargeService(balancer.url).post('/charge').send(urgentCharge);
    expect(status).toBe(503);
    expect(body).toMatchObject({
      error: 'Load balancer unavailable',
      outcome: 'not charged',
      // Not `generated-1`: the next try is no repetition.
      request_id: '1',
    });
  });

  it('repeats the request with the same id while the balancer is lost', async () => {
    const balancer = await startStubBalancer('hang up', 'hang up');
    const { status } = await serveChargeService(balancer.url).post('/charge').send(urgentCharge);
    expect(status).toBe(200);
    expect(balancer.received.map(({ body }) => body.request_id)).toEqual(Array(3).fill('generated-1'));
    expect(
      balancer.received.map(({ headers }) => [headers['request-history'], headers['request-attempts']]),
    ).toEqual([
      ['new', undefined],
      ['repeated', '1'],
      ['repeated', '1'],
    ]);
  });

  it('relays an unknown outcome at once, because the balancer has repeated its messages', async () => {
    const balancer = await startStubBalancer(outcomeUnknown);
    const { status, body } = await serveChargeService(balancer.url).post('/charge').send(urgentCharge);
    expect({ status, body }).toMatchObject(outcomeUnknown);
    expect(balancer.received).toHaveLength(1);
  });

  it('keeps an id unseen while the balancer has only looked it up', async () => {
    const lookedUp = { status: 504, body: { error: 'Outcome unknown', sent: false } };
    const balancer = await startStubBalancer(lookedUp, outcomeUnknown);
    const service = serveChargeService(balancer.url);
    for (let time = 0; time < 3; time += 1)
      await service.post('/charge').set('Idempotency-Key', 'k1').send(urgentCharge);
    expect(balancer.received.map(({ headers }) => headers['request-history'])).toEqual([
      'unseen',
      'unseen',
      'repeated',
    ]);
  });

  it('reports an unknown outcome once its patience is over', async () => {
    const unreachable = await startStubBalancer(...Array<StubResponse>(20).fill('hang up'));
    expect(
      (await serveChargeService(unreachable.url, 1000).post('/charge').send(urgentCharge)).body,
    ).toMatchObject({
      error: 'Load balancer unavailable',
      outcome: 'unknown',
    });
  });

  it.each([
    ['charge_amount', '{"vehicle_id":"a","charge_amount":"nan"}'],
    ['body', '{"vehicle_id":"a","charge_amount":NaN}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":1e999}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":-1}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":0}'],
    ['charge_amount', '{"vehicle_id":"a","charge_amount":null}'],
    ['charge_amount', '{"vehicle_id":"a"}'],
    ['vehicle_id', '{"charge_amount":22}'],
    ['vehicle_id', '{"vehicle_id":[],"charge_amount":22}'],
    ['priority', '{"vehicle_id":"a","charge_amount":22,"priority":7}'],
    ['request_id', '{"vehicle_id":"a","charge_amount":22,"request_id":"two words"}'],
    ['body', '[{"vehicle_id":"a","charge_amount":22}]'],
    ['prioritty', '{"vehicle_id":"a","charge_amount":22,"prioritty":"high"}'],
    ['vehicleId', '{"vehicleId":"a","charge_amount":22}'],
    ['body', 'null'],
    ['body', '{"vehicle_id"'],
  ])('returns 400 naming %s and sends nothing for %s', async (field, text) => {
    const balancer = await startStubBalancer();
    const { status, body } = await serveChargeService(balancer.url)
      .post('/charge')
      .type('application/json')
      .send(text);
    expect({ status, field: body.field }).toEqual({ status: 400, field });
    expect(balancer.received).toEqual([]);
  });

  it('returns 413 for a body that is too large and 415 for one that is not JSON', async () => {
    const balancer = await startStubBalancer();
    const service = serveChargeService(balancer.url);
    expect(
      (await service.post('/charge').send({ ...urgentCharge, vehicle_id: 'x'.repeat(100_000) })).status,
    ).toBe(413);
    expect((await service.post('/charge').type('text/plain').send('vehicle')).status).toBe(415);
    expect(balancer.received).toEqual([]);
  });
});
