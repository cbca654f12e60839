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

describe('GET /ready', () => {
  it.each([
    [200, { status: 'ready' }, 200, undefined],
    [404, { error: 'Not found' }, 200, undefined],
    [503, { error: 'Not ready', reason: 'no substation responds' }, 503, 'no substation responds'],
    [502, {}, 503, 'the balancer responded 502'],
  ])('follows the balancer that responds %d', async (status, answer, ready, reason) => {
    const balancer = await startStubBalancer({ status, body: answer });
    const response = await serveChargeService(balancer.url).get('/ready');
    expect({ status: response.status, reason: response.body.reason }).toEqual({ status: ready, reason });
    expect(balancer.received[0]?.url).toBe('/ready');
  });

  it('is 503 while the balancer does not respond', async () => {
    const balancer = await startStubBalancer();
    await balancer.close();
    const { body, status } = await serveChargeService(balancer.url).get('/ready');
    expect({ status, reason: body.reason }).toEqual({
      status: 503,
      reason: 'the balancer does not respond (ECONNREFUSED)',
    });
  });
});
