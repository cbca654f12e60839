import { afterEach, describe, expect, it } from 'vitest';
import { closeBalancers, serveChargeService, startStubBalancer } from '../support/charge-service.ts';

afterEach(closeBalancers);

describe('GET /status', () => {
  it.each([
    [200, 'healthy'],
    [500, 'unhealthy'],
  ])('maps the balancer status %d to %s', async (status, load_balancer_status) => {
    const balancer = await startStubBalancer({ status, body: {} });
    const { body } = await serveChargeService(balancer.url).get('/status');
    expect(body).toMatchObject({
      service: 'charge_request_service',
      status: 'healthy',
      load_balancer_status,
    });
    expect(balancer.received[0]?.url).toBe('/health');
  });

  it('reports an unreachable balancer', async () => {
    const balancer = await startStubBalancer();
    await balancer.close();
    const { body } = await serveChargeService(balancer.url).get('/status');
    expect(body).toMatchObject({ load_balancer_status: 'unreachable' });
  });
});
