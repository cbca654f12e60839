import { describe, expect, it } from 'vitest';
import { serveBalancer } from '../../support/balancer.ts';

describe('the admin routes', () => {
  const token = 'correct-horse';
  const bearer = `Bearer ${token}`;
  const added = { id: 'c', url: 'http://c:8001' };

  it('do not exist without a configured token', async () => {
    const { api } = await serveBalancer();
    expect((await api.post('/substations').set('Authorization', bearer).send(added)).status).toBe(404);
    expect((await api.delete('/substations/a').set('Authorization', bearer)).status).toBe(404);
  });

  it.each([undefined, 'Bearer wrong', token])('reject the authorization %j', async (authorization) => {
    const { api, view } = await serveBalancer({ a: 80 }, { adminToken: token });
    const headers = authorization === undefined ? {} : { authorization };
    expect((await api.post('/substations').set(headers).send(added)).status).toBe(401);
    expect((await api.delete('/substations/a').set(headers)).status).toBe(401);
    expect(view.ids).toEqual(['a']);
  });

  it('add a substation once, and remove it', async () => {
    const { api, view } = await serveBalancer({ a: 80 }, { adminToken: token });
    const add = (body: object) => api.post('/substations').set('Authorization', bearer).send(body);
    expect((await add(added)).status).toBe(201);
    expect((await add(added)).status).toBe(200);
    expect((await add({ ...added, url: 'http://other:8001' })).status).toBe(409);
    expect((await add({ id: 'd', url: 'http://C:8001/' })).body).toMatchObject({ field: 'url', id: 'c' });
    expect(view.ids).toEqual(['a', 'c']);
    const remove = () => api.delete('/substations/c').set('Authorization', bearer);
    expect((await remove()).body).toEqual({ status: 'removed', id: 'c' });
    expect((await remove()).status).toBe(404);
    expect(view.ids).toEqual(['a']);
  });

  it.each([
    ['id', { ...added, id: 'a b' }],
    ['url', { ...added, url: 'c:8001' }],
    ['url', { ...added, url: 'http://127.0.0.1:9/latest/meta-data?x=' }],
    ['url', { ...added, url: 'http://169.254.169.254' }],
    ['url', { ...added, url: 'http://203.0.113.9:8001' }],
    ['url', { id: 'c' }],
    ['body', [added]],
  ])('respond with 400 naming %s for %j', async (field, body) => {
    const { api, view } = await serveBalancer({ a: 80 }, { adminToken: token });
    const response = await api.post('/substations').set('Authorization', bearer).send(body);
    expect({ status: response.status, field: response.body.field }).toEqual({ status: 400, field });
    expect(view.ids).toEqual(['a']);
  });
});
