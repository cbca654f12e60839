import { Router } from 'express';
import pWaitFor from 'p-wait-for';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { createServiceApp } from '../src/app.ts';
import { createLogger } from '../src/logger.ts';
import { createRegistry } from '../src/metrics.ts';
import { limitRate } from '../src/public-entry.ts';

function entry({ limit, trustedProxies = 0 }: { limit: number; trustedProxies?: number }) {
  const routes = Router();
  routes.use(limitRate(limit));
  routes.get('/thing', (_request, response) => {
    response.json({});
  });
  const logger = createLogger('test', 'silent');
  return createServiceApp({ service: 'entry', logger, registry: createRegistry(), routes, trustedProxies });
}

/** More requests than windows could begin while they are sent, however slow the machine is. */
const many = Array.from({ length: 30 }, (_, number) => number);

const askManyTimes = async (app: ReturnType<typeof entry>, addressOf = (_number: number) => '192.0.2.1') =>
  Promise.all(many.map((number) => request(app).get('/thing').set('X-Forwarded-For', addressOf(number))));

describe('a public entry', () => {
  it('refuses what a client asks beyond its share, says when to come again, and then serves it', async () => {
    const app = entry({ limit: 1 });
    const refused = (await askManyTimes(app)).find(({ status }) => status === 429);
    expect(refused?.body).toEqual({ error: 'Too many requests', limit_per_s: 1 });
    expect(refused?.headers).toMatchObject({ 'retry-after': '1' });
    const served = async () => (await request(app).get('/thing')).status === 200;
    await pWaitFor(served, { interval: 200, timeout: 10_000 });
  });

  it('still tells whether it is alive, ready and how busy', async () => {
    const app = entry({ limit: 1 });
    await askManyTimes(app);
    for (const path of ['/health', '/ready', '/metrics']) {
      expect((await request(app).get(path)).status).toBe(200);
    }
  });

  it('has no limit when it is 0', async () => {
    const statuses = (await askManyTimes(entry({ limit: 0 }))).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('does not believe the address that a client gives itself', async () => {
    const answers = await askManyTimes(entry({ limit: 1 }), (number) => `192.0.2.${number}`);
    expect(answers.map(({ status }) => status)).toContain(429);
  });

  it('tells clients apart by the address that a trusted proxy gives', async () => {
    const app = entry({ limit: 1, trustedProxies: 1 });
    const answers = await askManyTimes(app, (number) => `198.51.100.7, 192.0.2.${number}`);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});
