import { createLogger, createRegistry, createServiceApp } from '@gridclock/service-kit';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { controlRoutes } from '../../src/control/control-routes.ts';
import type { ControlAction } from '../../src/live/controlled-service.ts';

const trusted = 'https://dashboard.example.com';

function serve({ isOffered = true } = {}) {
  const done: [string, ControlAction][] = [];
  const control = {
    list: async () => [{ name: 'node2', state: 'running' as const }],
    act: async (name: string, action: ControlAction) => {
      done.push([name, action]);
      return { status: 202, body: { name, action } };
    },
  };
  const app = createServiceApp({
    service: 'test',
    logger: createLogger('test', 'silent'),
    registry: createRegistry(),
    routes: controlRoutes(isOffered ? control : undefined),
  });
  app.set('trusted origins', [trusted]).set('allowed hosts', ['grid.example.com']);
  return { api: supertest(app), done };
}

const kill = { name: 'node2', action: 'kill' };

/** Headers of requests that do not come from the page on this host. */
const others = [
  ['a page of another origin', { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' }],
  ['a page of another port of this host', { 'sec-fetch-site': 'same-site', origin: 'http://localhost:9' }],
  ['an old browser’s page of another origin', { origin: 'https://elsewhere.example' }],
  ['a page of a trusted origin', { 'sec-fetch-site': 'cross-site', origin: trusted }],
  ['a page whose name was rebound to this host', { host: 'printer.local', 'sec-fetch-site': 'same-origin' }],
  ['a page under a public name of the service', { host: 'grid.example.com' }],
  ['a client behind a proxy', { 'x-forwarded-for': '10.0.0.7' }],
] as const;

describe('the control of a suite', () => {
  it('lists the processes for the service’s own page, and passes its actions on', async () => {
    const { api, done } = serve();
    await api.get('/ui/control').expect(200, { services: [{ name: 'node2', state: 'running' }] });
    const own = api.post('/ui/control').set('host', 'localhost:5001').set('origin', 'http://localhost:5001');
    await own.set('sec-fetch-site', 'same-origin').send(kill).expect(202);
    expect(done).toEqual([['node2', 'kill']]);
  });

  it.each(others)('refuses %s', async (_who, headers) => {
    const { api, done } = serve();
    await api.post('/ui/control').set(headers).send(kill).expect(403);
    expect(done).toEqual([]);
  });

  it.each(others)('lists nothing for %s', async (_who, headers) => {
    const { api } = serve();
    await api.get('/ui/control').set(headers).expect(200, { services: [] });
  });

  it.each([
    [{ name: 'node2', action: 'delete' }, 'action'],
    [{ name: '', action: 'kill' }, 'name'],
    [{ action: 'kill' }, 'name'],
  ])('names what is invalid: %o', async (body, field) => {
    const { api, done } = serve();
    expect((await api.post('/ui/control').send(body).expect(400)).body).toMatchObject({ field });
    expect(done).toEqual([]);
  });

  it('is not there without a runner', async () => {
    const { api } = serve({ isOffered: false });
    await api.get('/ui/control').expect(200, { services: [] });
    await api.post('/ui/control').send(kill).expect(405);
  });
});
