import { pathVariants, sendRaw } from '@gridclock/local-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveBalancer } from '../support/balancer.ts';
import { createChargeService } from '../support/charge-service.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { serveSubstation } from '../support/substation-app.ts';

const common: [method: string, path: string][] = [
  ['GET', '/health'],
  ['GET', '/ready'],
  ['GET', '/metrics'],
  ['GET', '/status'],
  ['GET', '/sessions'],
  ['GET', '/sessions/s1~1'],
  ['DELETE', '/sessions/s1~1'],
];

const routes: Record<string, [method: string, path: string][]> = {
  entry: [...common, ['POST', '/charge'], ['POST', '/request_charge']],
  balancer: [
    ...common,
    ['POST', '/route_charge'],
    ['POST', '/assign_substation'],
    ['POST', '/substations'],
    ['DELETE', '/substations/s1'],
  ],
  substation: [...common, ['POST', '/charge'], ['POST', '/requests/lookup'], ['POST', '/drain']],
};

const token = 'correct-horse';
const servers: HttpServer[] = [];
const urls: Record<string, string> = {};

beforeAll(async () => {
  const { app } = await serveBalancer({ s1: 80 }, { adminToken: token });
  const serve = async (service: string, served: Parameters<typeof startHttpServer>[0]) => {
    const server = await startHttpServer(served);
    servers.push(server);
    urls[service] = server.url;
  };
  await serve('balancer', app);
  await serve('entry', createChargeService(urls.balancer ?? ''));
  await serve('substation', serveSubstation().app);
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

describe('a variant of a path', () => {
  it.each(
    Object.entries(routes).flatMap(([service, all]) => all.map((route) => [service, ...route] as const)),
  )('leads to no route of the %s: %s %s', async (service, method, path) => {
    const headers = { authorization: `Bearer ${token}` };
    for (const variant of pathVariants(path)) {
      const { status } = await sendRaw(urls[service] ?? '', method, variant, headers);
      // 400 and 404 are also what an id gets that no session has; 405: only another method takes any id.
      expect({ variant, status }).toEqual({ variant, status: expect.toBeOneOf([400, 404, 405]) });
    }
  });
});
