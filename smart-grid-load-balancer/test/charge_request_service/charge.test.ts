import { afterEach, describe, expect, it } from 'vitest';
import { good, type Reaction, startBalancer, startService, stopBalancers, unknown } from './entry.ts';

afterEach(stopBalancers);

describe('POST /charge', () => {
  it("gives the balancer's answer", async () => {
    const balancer = await startBalancer();
    const { status, body } = await startService(balancer.url).post('/charge').send(good);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'accepted', vehicle_id: 'EV_1' });
    expect(balancer.received[0]).toMatchObject({ url: '/route_charge', body: good });
  });

  it('gives a refusal as it is, with what the balancer says of trying again', async () => {
    const refusal = { error: 'Insufficient capacity', available_capacity: 3 };
    const balancer = await startBalancer({ status: 503, body: refusal, headers: { 'retry-after': '7' } });
    const { status, body, headers } = await startService(balancer.url).post('/charge').send(good);
    expect(status).toBe(503);
    expect(body).toEqual(refusal);
    expect(headers).toHaveProperty('retry-after', '7');
    expect(balancer.received).toHaveLength(1);
  });

  it('answers 503 at once when there is no balancer', async () => {
    const balancer = await startBalancer();
    await new Promise((resolve) => balancer.server.close(resolve));
    const { status, body } = await startService(balancer.url).post('/charge').send(good);
    expect(status).toBe(503);
    expect(body).toEqual({
      error: 'Load balancer unavailable',
      outcome: 'not charged',
      request_id: 'made-up-1',
    });
  });

  it('asks again with the same id, said to be repeated, when the balancer hangs up or does not know', async () => {
    const balancer = await startBalancer('hang up', unknown);
    const { status } = await startService(balancer.url).post('/charge').send(good);
    expect(status).toBe(200);
    expect(balancer.received.map(({ body }) => body.request_id)).toEqual(Array(3).fill('made-up-1'));
    expect(balancer.received.map(({ headers }) => headers['request-history'])).toEqual([
      'new',
      'repeated',
      'repeated',
    ]);
  });

  it('still calls an id unseen while the balancer has only looked for it', async () => {
    const onlyLooked = { status: 504, body: { error: 'Outcome unknown', sent: false } };
    const balancer = await startBalancer(onlyLooked, unknown);
    await startService(balancer.url).post('/charge').set('Idempotency-Key', 'k1').send(good);
    expect(balancer.received.map(({ headers }) => headers['request-history'])).toEqual([
      'unseen',
      'unseen',
      'repeated',
    ]);
  });

  it('says that the outcome is unknown when it stays so', async () => {
    const silent = await startBalancer(...Array<Reaction>(20).fill('hang up'));
    expect((await startService(silent.url, 1000).post('/charge').send(good)).body).toMatchObject({
      error: 'Load balancer unavailable',
      outcome: 'unknown',
    });
    const unsure = await startBalancer(...Array<Reaction>(20).fill(unknown));
    const { status, body } = await startService(unsure.url, 1000).post('/charge').send(good);
    expect({ status, body }).toEqual(unknown);
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
    ['body', 'null'],
    ['body', '{"vehicle_id"'],
  ])('answers 400 naming %s and sends nothing for %s', async (field, text) => {
    const balancer = await startBalancer();
    const { status, body } = await startService(balancer.url)
      .post('/charge')
      .type('application/json')
      .send(text);
    expect({ status, field: body.field }).toEqual({ status: 400, field });
    expect(balancer.received).toEqual([]);
  });

  it('answers 413 for a body that is too large, 400 for one that is no JSON', async () => {
    const balancer = await startBalancer();
    const service = startService(balancer.url);
    expect((await service.post('/charge').send({ ...good, vehicle_id: 'x'.repeat(100_000) })).status).toBe(
      413,
    );
    expect((await service.post('/charge').type('text/plain').send('vehicle')).status).toBe(400);
    expect(balancer.received).toEqual([]);
  });
});
