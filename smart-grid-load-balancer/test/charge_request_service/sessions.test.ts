import { afterEach, describe, expect, it } from 'vitest';
import { startBalancer, startService, stopBalancers } from './entry.ts';

afterEach(stopBalancers);

describe('sessions', () => {
  it.each([
    ['get', '/sessions'],
    ['get', '/sessions/substation_1~1'],
    ['delete', '/sessions/substation_1~1'],
  ] as const)('are asked of the balancer: %s %s', async (method, path) => {
    const balancer = await startBalancer({ status: 404, body: { error: 'No such session' } });
    const { status, body } = await startService(balancer.url)[method](path);
    expect({ status, body }).toEqual({ status: 404, body: { error: 'No such session' } });
    expect(balancer.received[0]?.url).toBe(path);
  });

  it('cannot leave their path', async () => {
    const balancer = await startBalancer({ status: 404, body: {} });
    await startService(balancer.url).get('/sessions/..%2Fstatus');
    expect(balancer.received[0]?.url).toBe('/sessions/..%2Fstatus');
  });

  it('are unknown without a balancer', async () => {
    const balancer = await startBalancer();
    await new Promise((resolve) => balancer.server.close(resolve));
    const { status, body } = await startService(balancer.url).get('/sessions');
    expect({ status, body }).toEqual({ status: 503, body: { error: 'Load balancer unavailable' } });
  });
});
