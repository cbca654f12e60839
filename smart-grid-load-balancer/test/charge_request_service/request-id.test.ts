import { afterEach, describe, expect, it } from 'vitest';
import {
  closeBalancers,
  serveChargeService,
  startStubBalancer,
  urgentCharge,
} from '../support/charge-service.ts';

afterEach(closeBalancers);

describe('a request id', () => {
  it('is the Idempotency-Key, quoted or not, or the request_id in the body', async () => {
    const balancer = await startStubBalancer();
    const service = serveChargeService(balancer.url);
    await service.post('/charge').set('Idempotency-Key', 'k1').send(urgentCharge);
    await service.post('/charge').set('Idempotency-Key', '"k2"').send(urgentCharge);
    await service.post('/charge').send({ ...urgentCharge, request_id: 'k3' });
    expect(balancer.received.map(({ body }) => body.request_id)).toEqual(['k1', 'k2', 'k3']);
  });

  it('is unseen in its first request and repeated from then on', async () => {
    const balancer = await startStubBalancer();
    const service = serveChargeService(balancer.url);
    for (let time = 0; time < 2; time += 1)
      await service.post('/charge').set('Idempotency-Key', 'k1').send(urgentCharge);
    expect(balancer.received.map(({ headers }) => headers['request-history'])).toEqual([
      'unseen',
      'repeated',
    ]);
  });

  it('is rejected if the header and the body differ', async () => {
    const balancer = await startStubBalancer();
    const service = serveChargeService(balancer.url);
    const { status, body } = await service
      .post('/charge')
      .set('Idempotency-Key', 'k1')
      .send({ ...urgentCharge, request_id: 'k2' });
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'request_id' });
    expect(balancer.received).toEqual([]);
  });

  it('is rejected if the header is not a valid id', async () => {
    const balancer = await startStubBalancer();
    const { status, body } = await serveChargeService(balancer.url)
      .post('/charge')
      .set('Idempotency-Key', 'two words')
      .send(urgentCharge);
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'Idempotency-Key' });
  });
});
