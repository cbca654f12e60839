import { afterEach, describe, expect, it } from 'vitest';
import { closeBalancers, serveChargeService, startStubBalancer } from '../support/charge-service.ts';

afterEach(closeBalancers);

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

async function serve() {
  const balancer = await startStubBalancer();
  return { api: serveChargeService(balancer.url), balancer };
}

describe('the live page', () => {
  it('is where / leads a browser', async () => {
    const { api } = await serve();
    const { headers } = await api.get('/').set('accept', browser).expect(302);
    expect(headers).toMatchObject({ location: 'ui', vary: expect.stringContaining('Accept') });
    const { text } = await api.get('/ui').set('accept', browser).expect(200);
    expect(text).toContain('Gridclock');
  });

  it.each(['*/*', 'application/json'])('does not lead clients that accept %s there', async (accept) => {
    const { api } = await serve();
    const { body } = await api.get('/').set('accept', accept).expect(200);
    expect(body).toMatchObject({ service: 'charge_request_service', openapi: '/openapi.json' });
  });

  it('takes less than 100 KB, compressed', async () => {
    const { api } = await serve();
    const { text } = await api.get('/ui').set('accept', browser);
    const [, script = ''] = /src="(.*?)"/.exec(text) ?? [];
    const { headers } = await api.get(`/${script}`).set('accept-encoding', 'gzip').expect(200);
    expect(Number(headers['content-length'])).toBeLessThan(100_000);
  });
});

describe('PUT /ui/policy', () => {
  it('passes the token on, and lets no browser elsewhere look like one on this host', async () => {
    const { api, balancer } = await serve();
    const put = () => api.put('/ui/policy').set('authorization', 'Bearer token-of-the-operator');
    await put().send({ policy: 'random' }).expect(200);
    await put().set('x-forwarded-for', '10.0.0.7').send({ policy: 'random' }).expect(200);
    expect(balancer.received).toMatchObject([
      {
        url: '/policy',
        body: { policy: 'random' },
        headers: { authorization: 'Bearer token-of-the-operator' },
      },
      { headers: { 'x-forwarded-for': expect.stringContaining('127.0.0.1') } },
    ]);
    expect(balancer.received[0]?.headers['x-forwarded-for']).toBeUndefined();
  });

  it('refuses pages of other origins', async () => {
    const { api, balancer } = await serve();
    const put = api.put('/ui/policy').set('origin', 'https://elsewhere.example');
    await put.send({ policy: 'random' }).expect(403);
    expect(balancer.received).toEqual([]);
  });
});
