import { sendRaw } from '@gridclock/local-service';
import { afterEach, describe, expect, it } from 'vitest';
import {
  closeBalancers,
  createChargeService,
  serveChargeService,
  startStubBalancer,
} from '../support/charge-service.ts';
import { startHttpServer } from '../support/http-server.ts';

afterEach(closeBalancers);

describe('a session request', () => {
  it.each([
    ['get', '/sessions'],
    ['get', '/sessions/substation_1~1'],
    ['delete', '/sessions/substation_1~1'],
  ] as const)('is relayed to the balancer: %s %s', async (method, path) => {
    const balancer = await startStubBalancer({ status: 404, body: { error: 'No such session' } });
    const { status, body } = await serveChargeService(balancer.url)[method](path);
    expect({ status, body }).toMatchObject({ status: 404, body: { error: 'No such session' } });
    expect(balancer.received[0]?.url).toBe(path);
  });

  it('carries its credential, and says where it comes from if that is elsewhere', async () => {
    const balancer = await startStubBalancer(
      { status: 401, body: { error: 'x' } },
      { status: 200, body: {} },
    );
    const api = serveChargeService(balancer.url);
    const refused = await api
      .delete('/sessions/s1~1')
      .set('Authorization', 'Bearer secret')
      .set('Via', 'proxy');
    expect(refused.get('www-authenticate')).toBe('Bearer');
    await api.get('/sessions');
    const [first, second] = balancer.received.map(({ headers }) => headers);
    expect(first).toMatchObject({ authorization: 'Bearer secret', 'x-forwarded-for': expect.any(String) });
    expect(second).not.toHaveProperty('x-forwarded-for');
    expect(second).not.toHaveProperty('authorization');
  });

  it('cannot escape its path', async () => {
    const balancer = await startStubBalancer({ status: 404, body: {} });
    await serveChargeService(balancer.url).get('/sessions/..%2Fstatus');
    expect(balancer.received[0]?.url).toBe('/sessions/..%2Fstatus');
  });

  it.each(['/sessions/%2e', '/sessions/%2e%2e', '/sessions/%2E.', '/sessions/a%0ab'])(
    'is 404 at %s, and asks the balancer nothing',
    async (path) => {
      const balancer = await startStubBalancer();
      const server = await startHttpServer(createChargeService(balancer.url));
      expect(await sendRaw(server.url, 'GET', path)).toMatchObject({ status: 404 });
      expect(await sendRaw(server.url, 'DELETE', path)).toMatchObject({ status: 404 });
      expect(balancer.received).toEqual([]);
      await server.close();
    },
  );

  it('gets 503 without a balancer', async () => {
    const balancer = await startStubBalancer();
    await balancer.close();
    const { status, body } = await serveChargeService(balancer.url).get('/sessions');
    expect({ status, body }).toMatchObject({ status: 503, body: { error: 'Load balancer unavailable' } });
  });
});
