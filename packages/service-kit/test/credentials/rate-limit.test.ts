import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { limitRate } from '../../src/credentials/rate-limit.ts';
import { createLogger } from '../../src/process/logger.ts';
import { createServiceApp } from '../../src/requests/app.ts';
import { createRegistry } from '../../src/requests/metrics.ts';
import { createRouter } from '../../src/requests/router.ts';

// The window of the limit; sockets keep their real timers.
beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'Date'] }));
afterEach(() => vi.useRealTimers());

function limitedApp({ limit, trustedProxies = 0 }: { limit: number; trustedProxies?: number }) {
  const routes = createRouter();
  routes.use(limitRate(limit).check);
  routes.get('/thing', (_request, response) => {
    response.json({});
  });
  const logger = createLogger('test', 'silent');
  return createServiceApp({ service: 'limited', logger, registry: createRegistry(), routes, trustedProxies });
}

const REQUESTS = 30;

/** Sends all requests at once and returns their responses. */
const sendMany = (app: ReturnType<typeof limitedApp>, addressOf = (_index: number) => '192.0.2.1') =>
  Promise.all(
    Array.from({ length: REQUESTS }, (_, index) =>
      request(app).get('/thing').set('X-Forwarded-For', addressOf(index)),
    ),
  );

describe('a rate limit', () => {
  it('rejects excess requests with Retry-After, until the next window', async () => {
    const app = limitedApp({ limit: 1 });
    const rejected = (await sendMany(app)).find(({ status }) => status === 429);
    expect(rejected?.body).toMatchObject({ error: 'Too many requests', limit_per_s: 1 });
    expect(rejected?.headers).toMatchObject({ 'retry-after': '1' });
    vi.advanceTimersByTime(1_000);
    expect((await request(app).get('/thing')).status).toBe(200);
  });

  it('does not apply to health, readiness and metrics', async () => {
    const app = limitedApp({ limit: 1 });
    await sendMany(app);
    for (const path of ['/health', '/ready', '/metrics']) {
      expect((await request(app).get(path)).status).toBe(200);
    }
  });

  it('is off if it is 0', async () => {
    const statuses = (await sendMany(limitedApp({ limit: 0 }))).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('ignores an address that the client claims', async () => {
    const responses = await sendMany(limitedApp({ limit: 1 }), (index) => `192.0.2.${index}`);
    expect(responses.map(({ status }) => status)).toContain(429);
  });

  it('counts per address that a trusted proxy reports', async () => {
    const app = limitedApp({ limit: 1, trustedProxies: 1 });
    const responses = await sendMany(app, (index) => `198.51.100.7, 192.0.2.${index}`);
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
  });
});
