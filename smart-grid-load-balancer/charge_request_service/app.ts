import { type ChargeServiceStatus, sessionPath } from '@gridclock/grid-protocol';
import {
  checkNames,
  createRouter,
  createServiceApp,
  HttpError,
  isFromThisHost,
  jsonHandler,
  type Logger,
  limitRate,
  REQUEST_ID_HEADER,
  requestIdOf,
  sendJsonResponse,
} from '@gridclock/service-kit';
import { realScheduler, type Scheduler } from '@gridclock/service-kit/scheduler';
import { apiRoutes, DOCS_TYPES, indexRoute } from '@gridclock/ui-kit/api-docs';
import { controlRoutes, type SuiteControl } from '@gridclock/ui-kit/control';
import type { Express, Request, Response } from 'express';
import type { Registry } from 'prom-client';
import type { BalancerClient } from './balancer-client.ts';
import type { BalancerResult } from './balancer-result.ts';
import { chargeNames, chargeOperations, hotChargeRoute } from './charge-operations.ts';
import { relayedResponse } from './relayed-response.ts';
import type { SeenRequests } from './seen-requests.ts';
import { PAGE_TYPES, uiRoutes } from './ui-routes.ts';

export type ChargeServiceAppOptions = {
  balancer: BalancerClient;
  seen: SeenRequests;
  /** Returns a unique id. */
  newId: () => string;
  /** The maximum number of requests per second and client address; 0 or unset: no limit. */
  rateLimitPerS?: number;
  trustedProxies?: number;
  /** Of what pages are sent; real time by default. */
  scheduler?: Scheduler;
  /** Controls the processes of a local suite, for the live page. */
  suiteControl?: SuiteControl | undefined;
  logger: Logger;
  registry: Registry;
};

/** The charge service's routes. */
export function createApp(options: ChargeServiceAppOptions): Express {
  const { balancer, logger, rateLimitPerS = 0, registry, trustedProxies = 0 } = options;
  const routes = createRouter();

  const { charge, requestCharge } = chargeOperations(options);
  const names = checkNames({ body: chargeNames });
  routes.post('/charge', names, jsonHandler(charge));
  routes.post('/request_charge', names, jsonHandler(requestCharge));

  routes.get('/sessions', async (request, response) => {
    relay(response, logger, await balancer.call('GET', '/sessions', relayedHeaders(request, response)));
  });

  routes.get('/sessions/:id', async (request, response) => {
    relay(
      response,
      logger,
      await balancer.call('GET', pathOf(request.params.id), relayedHeaders(request, response)),
    );
  });

  routes.delete('/sessions/:id', async (request, response) => {
    relay(
      response,
      logger,
      await balancer.call('DELETE', pathOf(request.params.id), relayedHeaders(request, response)),
    );
  });

  routes.use(
    uiRoutes({
      balancer,
      scheduler: options.scheduler ?? realScheduler,
      relay: (response, result) => relay(response, logger, result),
    }),
  );

  routes.use(controlRoutes(options.suiteControl));
  routes.use(indexRoute('charge_request_service', 'ui'));
  routes.use(
    apiRoutes(async (version) => {
      const { describeChargeService } = await import('./describe-charge-service.ts');
      const parts = { control: options.suiteControl !== undefined, hasRateLimit: rateLimitPerS > 0 };
      return describeChargeService(parts, version);
    }),
  );

  routes.get('/status', async (_request, response) => {
    const result = await balancer.health();
    const status: ChargeServiceStatus = {
      service: 'charge_request_service',
      status: 'healthy',
      load_balancer_status:
        'unreachable' in result ? 'unreachable' : result.status === 200 ? 'healthy' : 'unhealthy',
      timestamp: new Date().toISOString(),
    };
    response.json(status);
  });

  const notReady = () => balancer.notReady();
  const service = 'charge_request_service';
  const limit = limitRate(rateLimitPerS);
  return createServiceApp({
    service,
    logger,
    registry,
    routes,
    hotRoutes: [{ ...hotChargeRoute(charge), limit: limit.hot }],
    beforeBody: limit.check,
    notReady,
    otherTypes: { ...PAGE_TYPES, ...DOCS_TYPES },
    trustedProxies,
  });
}

/** The request's id and credential, and where the client is: the balancer trusts clients on its own host, and this one may not be. */
function relayedHeaders(request: Request<{ id?: string }>, response: Response): Record<string, string> {
  const authorization = request.get('authorization');
  return {
    [REQUEST_ID_HEADER]: requestIdOf(response),
    ...(authorization === undefined ? {} : { authorization }),
    ...(isFromThisHost(request) ? {} : { 'x-forwarded-for': request.socket.remoteAddress ?? 'unknown' }),
  };
}

/** @throws HttpError 404 if no session can have this id */
function pathOf(sessionId: string): string {
  const path = sessionPath(sessionId);
  if (path === undefined) throw new HttpError(404, 'No such session', { session_id: sessionId });
  return path;
}

/** Sends the balancer's response to the client. */
function relay(response: Response, logger: Logger, result: BalancerResult): void {
  sendJsonResponse(response, relayedResponse(result, logger));
}
