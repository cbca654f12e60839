import { afterEach, describe, expect, it } from 'vitest';
import { closeBalancers, serveChargeService, startStubBalancer } from '../support/charge-service.ts';

afterEach(closeBalancers);

describe('POST /request_charge', () => {
  it('defaults to a generated vehicle, 1 kW and normal priority', async () => {
    const balancer = await startStubBalancer();
    expect((await serveChargeService(balancer.url).post('/request_charge')).status).toBe(200);
    expect(balancer.received[0]?.body).toEqual({
      vehicle_id: expect.stringMatching(/^EV_[1-9]\d{3}$/),
      charge_amount: 1,
      priority: 'normal',
      request_id: 'generated-1',
    });
  });

  it('generates the same vehicle for the same request id', async () => {
    const balancer = await startStubBalancer();
    const service = serveChargeService(balancer.url);
    for (let time = 0; time < 2; time += 1)
      await service.post('/request_charge').set('Idempotency-Key', 'k1');
    expect(balancer.received[1]?.body).toEqual(balancer.received[0]?.body);
  });

  it('keeps the fields that the client sets', async () => {
    const balancer = await startStubBalancer();
    await serveChargeService(balancer.url)
      .post('/request_charge')
      .send({ charge_amount: 50, priority: 'low' });
    expect(balancer.received[0]?.body).toMatchObject({ charge_amount: 50, priority: 'low' });
  });

  it('rejects an invalid field or content type', async () => {
    const balancer = await startStubBalancer();
    const service = serveChargeService(balancer.url);
    const wrong = await service.post('/request_charge').send({ charge_amount: -1 });
    expect({ status: wrong.status, field: wrong.body.field }).toEqual({
      status: 400,
      field: 'charge_amount',
    });
    const text = await service.post('/request_charge').type('text/plain').send('{"charge_amount":50}');
    expect({ status: text.status, field: text.body.field }).toEqual({ status: 415, field: 'body' });
    expect(balancer.received).toEqual([]);
  });
});
