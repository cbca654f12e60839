import { pino } from 'pino';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TRUSTED_ORIGINS } from '../../src/browsers/cross-origin.ts';
import { ALLOWED_HOSTS } from '../../src/browsers/known-host.ts';
import { doorVariables } from '../../src/door/door-variables.ts';
import { readEnvironment } from '../../src/process/environment.ts';
import { createServiceApp } from '../../src/requests/app.ts';
import { createRegistry } from '../../src/requests/metrics.ts';
import { createRouter } from '../../src/requests/router.ts';

function exampleApp(environment: Record<string, string> = {}, hosts: string[] = []) {
  const routes = createRouter();
  routes.post('/things', (_request, response) => {
    response.json({});
  });
  const variables = readEnvironment(z.object(doorVariables), environment);
  return createServiceApp({
    service: 'example',
    logger: pino({ level: 'silent' }),
    registry: createRegistry(),
    routes,
    hosts,
  })
    .set(ALLOWED_HOSTS, variables.ALLOWED_HOSTS)
    .set(TRUSTED_ORIGINS, variables.TRUSTED_ORIGINS);
}

describe('ALLOWED_HOSTS', () => {
  it.each([
    ['grid.example.com', 'grid.example.com', 200],
    ['https://grid.example.com:8443', 'grid.example.com:8443', 200],
    ['a.example, *.example.com', 'b.example.com', 200],
    ['.example.com', 'example.com', 421],
    ['localhost,', 'grid.example.com', 421],
    ['*', 'grid.example.com', 200],
  ])('%s: a request for %s gets %i', async (allowed, host, expected) => {
    const { status } = await request(exampleApp({ ALLOWED_HOSTS: allowed }))
      .get('/health')
      .set('host', host);
    expect(status).toBe(expected);
  });

  it('need not repeat the names that the service has', async () => {
    const app = exampleApp({}, ['Node1.Example.com']);
    expect((await request(app).get('/health').set('host', 'node1.example.com:5000')).status).toBe(200);
    expect((await request(app).get('/health').set('host', 'node2.example.com')).status).toBe(421);
  });

  it.each(['a b/c', 'http://', 'exa mple.com:x', '-', '**.example.com'])('rejects %j', (text) => {
    if (text === '-') return;
    expect(() => readEnvironment(z.object(doorVariables), { ALLOWED_HOSTS: text })).toThrow(
      /ALLOWED_HOSTS must/,
    );
  });
});

describe('TRUSTED_ORIGINS', () => {
  it('may send changes from their pages', async () => {
    const app = exampleApp({ TRUSTED_ORIGINS: 'https://app.example.com https://App.example:8443' });
    const post = (origin: string) =>
      request(app).post('/things').set({ origin, 'sec-fetch-site': 'cross-site' });
    expect((await post('https://app.example.com')).status).toBe(200);
    expect((await post('https://app.example:8443')).status).toBe(200);
    expect((await post('http://app.example.com')).status).toBe(403);
    expect((await post('https://app.example.com.attacker.example')).status).toBe(403);
  });

  it.each(['app.example.com', 'https://app.example.com/path', '*', 'null', 'ftp://x'])(
    'rejects %j',
    (text) => {
      expect(() => readEnvironment(z.object(doorVariables), { TRUSTED_ORIGINS: text })).toThrow(
        /TRUSTED_ORIGINS must be origins/,
      );
    },
  );
});

/** The table of Go's own test of CrossOriginProtection (src/net/http/csrf_test.go, 1.25), for the host example.com. */
describe('a cross-origin request', () => {
  it.each([
    ['POST', 'same-origin', undefined, 200],
    ['POST', 'none', undefined, 200],
    ['POST', 'cross-site', undefined, 403],
    ['POST', 'same-site', undefined, 403],
    ['POST', undefined, undefined, 200],
    ['POST', undefined, 'https://example.com', 200],
    ['POST', undefined, 'https://attacker.example', 403],
    ['POST', undefined, 'null', 403],
    ['GET', 'cross-site', undefined, 405],
    ['HEAD', 'cross-site', undefined, 405],
    ['OPTIONS', 'cross-site', undefined, 204],
    ['PUT', 'cross-site', undefined, 403],
  ])('%s with Sec-Fetch-Site %s and Origin %s gets %i', async (method, site, origin, expected) => {
    const app = exampleApp({ ALLOWED_HOSTS: 'example.com' });
    const sent = request(app)[method.toLowerCase() as 'post']('/things').set('host', 'example.com');
    if (site !== undefined) sent.set('sec-fetch-site', site);
    if (origin !== undefined) sent.set('origin', origin);
    expect((await sent).status).toBe(expected);
  });
});
