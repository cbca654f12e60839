import { randomUUID } from 'node:crypto';
import {
  createHttpClient,
  httpUrlVariable,
  integerVariable,
  portVariable,
  publicEntryVariables,
  runService,
} from '@gridclock/service-kit';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { LRUCache } from 'lru-cache';
import { createApp } from './app.ts';
import { BalancerClient } from './balancer-client.ts';

/**
 * For one answer of the balancer, in milliseconds: it may have to ask a silent substation three times, for a
 * second each. Where requests may wait at the balancer, this must be longer than its MAX_WAIT_MS by that much.
 */
const BALANCER_TIMEOUT_MS = 10_000;

/** How often that long an outcome that is open is asked for: one lost answer, and half a time for the next. */
const PATIENCE = 1.5;

/** More than any driver, and than a load tester of some hundred workers; less than would keep out everyone else. */
const USUAL_LIMIT_PER_S = 1_000;

/** As long as substations remember. */
const REMEMBER_MS = 10 * 60_000;

/** About 20 MB at the very most. */
const REMEMBER_LIMIT = 100_000;

const variables = {
  LOAD_BALANCER_URL: httpUrlVariable().default('http://load_balancer:8080'),
  BALANCER_TIMEOUT_MS: integerVariable({ min: 1_000, max: 120_000 }).default(BALANCER_TIMEOUT_MS),
  PORT: portVariable().default(8000),
  ...publicEntryVariables(USUAL_LIMIT_PER_S),
};

await runService('charge_request_service', variables, ({ config, logger, registry }) => {
  const ids = new LRUCache<string, true>({ max: REMEMBER_LIMIT, ttl: REMEMBER_MS });
  const balancer = new BalancerClient({
    http: createHttpClient({ baseURL: config.LOAD_BALANCER_URL, timeoutMs: config.BALANCER_TIMEOUT_MS }),
    clock: realScheduler,
    random: Math.random,
    patienceMs: PATIENCE * config.BALANCER_TIMEOUT_MS,
  });
  return {
    app: createApp({
      balancer,
      seen: { has: (id) => ids.has(id), add: (id) => void ids.set(id, true) },
      newId: randomUUID,
      rateLimitPerS: config.RATE_LIMIT_PER_S,
      trustedProxies: config.TRUSTED_PROXIES,
      logger,
      registry,
    }),
    port: config.PORT,
  };
});
