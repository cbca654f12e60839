import { randomUUID } from 'node:crypto';
import { createHttpClient, httpUrlVariable, portVariable, runService } from '@gridclock/service-kit';
import { LRUCache } from 'lru-cache';
import { createApp } from './app.ts';
import { BalancerClient } from './balancer-client.ts';

/** For one answer of the balancer: it may have to ask a silent substation three times, for a second each. */
const ANSWER_TIMEOUT_MS = 10_000;

/** How long the client waits at most for an outcome that is open: about as long as people do. */
const PATIENCE_MS = 15_000;

/** As long as substations remember. */
const REMEMBER_MS = 10 * 60_000;

/** About 20 MB at the very most. */
const REMEMBER_LIMIT = 100_000;

const variables = {
  LOAD_BALANCER_URL: httpUrlVariable().default('http://load_balancer:8080'),
  PORT: portVariable().default(8000),
};

await runService('charge_request_service', variables, ({ config, logger, registry }) => {
  const ids = new LRUCache<string, true>({ max: REMEMBER_LIMIT, ttl: REMEMBER_MS });
  const balancer = new BalancerClient({
    http: createHttpClient({ baseURL: config.LOAD_BALANCER_URL, timeoutMs: ANSWER_TIMEOUT_MS }),
    now: () => performance.now(),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
    patienceMs: PATIENCE_MS,
  });
  return {
    app: createApp({
      balancer,
      seen: { has: (id) => ids.has(id), add: (id) => void ids.set(id, true) },
      newId: randomUUID,
      logger,
      registry,
    }),
    port: config.PORT,
  };
});
