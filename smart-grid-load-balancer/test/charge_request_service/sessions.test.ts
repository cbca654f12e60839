import { afterEach, describe, expect, it } from 'vitest';
import { closeBalancers, serveChargeService, startStubBalancer } from '../support/charge-service.ts';

afterEach(closeBalancers);

describe('a session request', () => {
  it.each([
    ['get', '/sessions'],
    ['get', '/sessions/substation_1~1'],
    ['delete', '/sessions/substation_1~1'],
  ] as const)('is relayed to the balancer: %s %s', async (method, path) => {
    const balancer = await startStubBalancer({ status: 404, body: { error: 'No such session' } });
    const { status, body } = await serveChargeService(balancer.url)[method](path);
    expect({ status, body }).toEqual({ status: 404, body: { error: 'No such session' } });
    expect(balancer.received[0]?.url).toBe(path);
  });

  it('cannot escape its path', async () => {
    const balancer = await startStubBalancer({ status: 404, body: {} });
    await serveChargeService(balancer.url).get('/sessions/..%2Fstatus');
    expect(balancer.received[0]?.url).toBe('/sessions/..%2Fstatus');
  });

  it('gets 503 without a balancer', async () => {
    const balancer = await startStubBalancer();
    await balancer.close();
    const { status, body } = await serveChargeService(balancer.url).get('/sessions');
    expect({ status, body }).toEqual({ status: 503, body: { error: 'Load balancer unavailable' } });
  });
});
