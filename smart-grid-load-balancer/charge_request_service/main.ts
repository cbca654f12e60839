import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { runService, ServiceClient } from '@gridclock/service-kit';
import { RETRY_BUDGET, RetryBudget } from '@gridclock/service-kit/retry-budget';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { SuiteControl } from '@gridclock/ui-kit/control';
import { LRUCache } from 'lru-cache';
import { createApp } from './app.ts';
import { BalancerClient } from './balancer-client.ts';
import { chargeServiceVariables, HEDGE_AFTER_MS, REMEMBER_LIMIT, REMEMBER_MS } from './config.ts';
import { SeenRequests } from './seen-requests.ts';
import { PAGE_STREAMS } from './ui-routes.ts';

await runService(
  'charge_request_service',
  chargeServiceVariables,
  ({ config, logger, registry, tls, tracing }) => {
    const ids = new LRUCache<string, true>({ max: REMEMBER_LIMIT, ttl: REMEMBER_MS });
    const balancer = new BalancerClient({
      http: new ServiceClient({
        baseUrl: config.LOAD_BALANCER_URL,
        timeoutMs: config.BALANCER_TIMEOUT_MS,
        connectTimeoutMs: config.CONNECT_TIMEOUT_MS,
        tls: tls?.peers('load_balancer'),
        tracing,
      }),
      scheduler: realScheduler,
      random: Math.random,
      timeoutMs: config.BALANCER_TIMEOUT_MS,
      hedgeAfterMs: HEDGE_AFTER_MS,
      newId: randomUUID,
      retryBudget: new RetryBudget({ ...RETRY_BUDGET, now: realScheduler.now }),
    });
    const app = createApp({
      balancer,
      seen: new SeenRequests({
        has: (id) => ids.has(id),
        add: (id) => void ids.set(id, true),
        delete: (id) => void ids.delete(id),
      }),
      newId: randomUUID,
      rateLimitPerS: config.RATE_LIMIT_PER_S,
      trustedProxies: config.TRUSTED_PROXIES,
      suiteControl: SuiteControl.from(config),
      logger,
      registry,
    });
    const classOf = ({ url = '' }: IncomingMessage) =>
      /^\/ui\/events(\?|$)/.test(url) ? 'stream' : 'client';
    return { app, port: config.PORT, door: { classOf, streams: PAGE_STREAMS } };
  },
);
