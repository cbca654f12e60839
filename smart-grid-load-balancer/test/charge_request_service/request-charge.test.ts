import { afterEach, describe, expect, it } from 'vitest';
import { startBalancer, startService, stopBalancers } from './entry.ts';

afterEach(stopBalancers);

describe('POST /request_charge', () => {
  it('makes up a vehicle and asks for 1 kW at normal priority when nothing is said', async () => {
    const balancer = await startBalancer();
    expect((await startService(balancer.url).post('/request_charge')).status).toBe(200);
    expect(balancer.received[0]?.body).toEqual({
      vehicle_id: expect.stringMatching(/^EV_[1-9]\d{3}$/),
      charge_amount: 1,
      priority: 'normal',
      request_id: 'made-up-1',
    });
  });

  it('makes up the same vehicle for the same id', async () => {
    const balancer = await startBalancer();
    const service = startService(balancer.url);
    for (let time = 0; time < 2; time += 1)
      await service.post('/request_charge').set('Idempotency-Key', 'k1');
    expect(balancer.received[1]?.body).toEqual(balancer.received[0]?.body);
  });

  it('takes what is said', async () => {
    const balancer = await startBalancer();
    await startService(balancer.url).post('/request_charge').send({ charge_amount: 50, priority: 'low' });
    expect(balancer.received[0]?.body).toMatchObject({ charge_amount: 50, priority: 'low' });
  });

  it('refuses what is wrong', async () => {
    const balancer = await startBalancer();
    const service = startService(balancer.url);
    const wrong = await service.post('/request_charge').send({ charge_amount: -1 });
    expect({ status: wrong.status, field: wrong.body.field }).toEqual({
      status: 400,
      field: 'charge_amount',
    });
    const text = await service.post('/request_charge').type('text/plain').send('{"charge_amount":50}');
    expect({ status: text.status, field: text.body.field }).toEqual({ status: 400, field: 'body' });
    expect(balancer.received).toEqual([]);
  });
});
