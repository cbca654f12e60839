import { afterEach, describe, expect, it } from 'vitest';
import { startBalancer, startService, stopBalancers } from './entry.ts';

afterEach(stopBalancers);

describe('GET /status', () => {
  it.each([
    [200, 'healthy'],
    [500, 'unhealthy'],
  ])('says, when the balancer answers %d, that it is %s', async (status, load_balancer_status) => {
    const balancer = await startBalancer({ status, body: {} });
    const { body } = await startService(balancer.url).get('/status');
    expect(body).toMatchObject({
      service: 'charge_request_service',
      status: 'healthy',
      load_balancer_status,
    });
    expect(balancer.received[0]?.url).toBe('/health');
  });

  it('says that the balancer is unreachable when it is', async () => {
    const balancer = await startBalancer();
    await new Promise((resolve) => balancer.server.close(resolve));
    const { body } = await startService(balancer.url).get('/status');
    expect(body).toMatchObject({ load_balancer_status: 'unreachable' });
  });
});
