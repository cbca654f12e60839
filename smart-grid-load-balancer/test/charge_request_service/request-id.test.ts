import { afterEach, describe, expect, it } from 'vitest';
import { good, startBalancer, startService, stopBalancers } from './entry.ts';

afterEach(stopBalancers);

describe('the id of a request', () => {
  it('is the Idempotency-Key, quoted or not, or the request_id of the body', async () => {
    const balancer = await startBalancer();
    const service = startService(balancer.url);
    await service.post('/charge').set('Idempotency-Key', 'k1').send(good);
    await service.post('/charge').set('Idempotency-Key', '"k2"').send(good);
    await service.post('/charge').send({ ...good, request_id: 'k3' });
    expect(balancer.received.map(({ body }) => body.request_id)).toEqual(['k1', 'k2', 'k3']);
  });

  it('is told to the balancer as unseen once, and as repeated from then on', async () => {
    const balancer = await startBalancer();
    const service = startService(balancer.url);
    for (let time = 0; time < 2; time += 1)
      await service.post('/charge').set('Idempotency-Key', 'k1').send(good);
    expect(balancer.received.map(({ headers }) => headers['request-history'])).toEqual([
      'unseen',
      'repeated',
    ]);
  });

  it('may not be said twice and differently', async () => {
    const balancer = await startBalancer();
    const service = startService(balancer.url);
    const { status, body } = await service
      .post('/charge')
      .set('Idempotency-Key', 'k1')
      .send({ ...good, request_id: 'k2' });
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'request_id' });
    expect(balancer.received).toEqual([]);
  });

  it('is refused when it is none', async () => {
    const balancer = await startBalancer();
    const { status, body } = await startService(balancer.url)
      .post('/charge')
      .set('Idempotency-Key', 'two words')
      .send(good);
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'Idempotency-Key' });
  });
});
