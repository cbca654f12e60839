import {
  type ChargeServiceStatus,
  chargeRequestSchema,
  DEADLINE_HEADER,
  LOAD_BALANCER_UNAVAILABLE,
  type PartialChargeRequest,
  partialChargeRequestSchema,
  REQUEST_ID_REUSED,
  sessionPath,
} from '@gridclock/grid-protocol';
import {
  checkNames,
  clientLeft,
  createRouter,
  createServiceApp,
  credentialHash,
  HttpError,
  hasBody,
  isFromThisHost,
  type Logger,
  limitRate,
  REQUEST_ID_HEADER,
  remainingMs,
  requestIdOf,
  validate,
} from '@gridclock/service-kit';
import { realScheduler, type Scheduler } from '@gridclock/service-kit/scheduler';
import { controlRoutes, type SuiteControl } from '@gridclock/ui-kit/control';
import type { Express, Request, Response } from 'express';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import type { BalancerClient, ChargeResult } from './balancer-client.ts';
import type { BalancerResult } from './balancer-result.ts';
import { generatedVehicleId, IDEMPOTENCY_KEY, idAfterRejection, identify } from './request-identity.ts';
import type { RequestTrace, SeenRequests } from './seen-requests.ts';
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

const bodySchema = z.record(z.string(), z.unknown());

const reusedSchema = z.looseObject({ error: z.literal(REQUEST_ID_REUSED) });

/** The charge_amount of `POST /request_charge` if the client sends none. Fixed by the contract. */
const DEFAULT_AMOUNT_KW = 1;

/** The charge service's routes. */
export function createApp(options: ChargeServiceAppOptions): Express {
  const { balancer, logger, newId, registry, seen, trustedProxies = 0 } = options;
  const routes = createRouter();

  const placeCharge = async (request: Request, response: Response, body: PartialChargeRequest) => {
    const { history, request_id } = identify(request.get(IDEMPOTENCY_KEY), body.request_id, seen, newId);
    const credential = history === 'new' ? undefined : credentialHash(request, request_id);
    const charge = {
      vehicle_id: body.vehicle_id ?? generatedVehicleId(request_id),
      charge_amount: body.charge_amount ?? DEFAULT_AMOUNT_KW,
      priority: body.priority,
      request_id,
      ...(credential === undefined ? {} : { credential }),
    };
    let trace: RequestTrace = 'session';
    try {
      const left = clientLeft(response);
      // A client that chose the id can retry with it, and then finds its session.
      const withdrawal = history === 'new' ? left : undefined;
      const leftMs = remainingMs(request, response, DEADLINE_HEADER);
      const charged = await balancer.charge(charge, history, leftMs, withdrawal, requestIdOf(response));
      trace = charged.trace;
      if (left.aborted)
        logger.info({ request_id, vehicle_id: charge.vehicle_id }, 'client left before the response');
      else relay(response, logger, ...toClient(charged, request_id));
    } finally {
      seen.end(request_id, trace);
    }
  };

  const names = checkNames({ body: Object.keys(chargeRequestSchema.shape) });
  routes.post('/charge', names, async (request, response) => {
    await placeCharge(request, response, validate(chargeRequestSchema, request.body, 'body'));
  });

  routes.post('/request_charge', names, async (request, response) => {
    const fields: unknown = hasBody(request) ? request.body : {};
    await placeCharge(request, response, validate(partialChargeRequestSchema, fields, 'body'));
  });

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
  const beforeBody = limitRate(options.rateLimitPerS ?? 0);
  return createServiceApp({
    service,
    logger,
    registry,
    routes,
    beforeBody,
    notReady,
    otherTypes: PAGE_TYPES,
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

/** What the client gets of the result, and the id for another try. */
function toClient({ result, trace }: ChargeResult, requestId: string): [BalancerResult, string] {
  if (trace !== 'nothing') return [result, requestId];
  const id = idAfterRejection(requestId);
  const body = 'unreachable' in result ? undefined : bodySchema.safeParse(result.body).data;
  if ('unreachable' in result || body?.request_id !== requestId) return [result, id];
  return [{ ...result, body: { ...body, request_id: id } }, id];
}

/** Sends the balancer's response to the client, or a 503 if there is none. */
function relay(response: Response, logger: Logger, result: BalancerResult, request_id?: string): void {
  if ('unreachable' in result) {
    logger.error({ reason: result.reason, request_id }, 'load balancer unavailable');
    response.status(503).set('Retry-After', '1');
    response.json({
      error: LOAD_BALANCER_UNAVAILABLE,
      // If the outcome is unknown, only a repetition with the same id is safe.
      ...(request_id === undefined
        ? {}
        : { outcome: result.mayHaveActed ? 'unknown' : 'not charged', request_id }),
    });
    return;
  }
  if (result.retryAfter !== undefined) response.set('Retry-After', result.retryAfter);
  if (result.status === 401) response.set('WWW-Authenticate', 'Bearer');
  const reused = result.status === 409 ? reusedSchema.safeParse(result.body).data : undefined;
  // The status that the IETF draft on idempotency keys names. Balancers send 409, as in earlier releases.
  if (reused !== undefined) response.status(422).json({ ...reused, code: 'idempotency_key_reused' });
  else response.status(result.status).json(result.body);
}
