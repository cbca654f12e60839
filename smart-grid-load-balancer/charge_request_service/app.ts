import {
  type ChargeServiceStatus,
  chargeRequestSchema,
  LOAD_BALANCER_UNAVAILABLE,
  type OpenChargeRequest,
  openChargeRequestSchema,
} from '@gridclock/grid-protocol';
import { createServiceApp, type Logger, limitRate, validate } from '@gridclock/service-kit';
import { type Express, type Request, type Response, Router } from 'express';
import type { Registry } from 'prom-client';
import type { BalancerAnswer, BalancerClient, BalancerSilence } from './balancer-client.ts';
import { IDEMPOTENCY_KEY, identify, type SeenRequests } from './request-identity.ts';
import { vehicleFor } from './vehicle-name.ts';

export type ChargeServiceAppOptions = {
  balancer: BalancerClient;
  seen: SeenRequests;
  /** Never the same twice. */
  newId: () => string;
  /** Requests that one client address may send in any second; no limit unless given. */
  rateLimitPerS?: number;
  trustedProxies?: number;
  logger: Logger;
  registry: Registry;
};

/** In kW: what `POST /request_charge` asks for where the client does not say. Given by the contract. */
const USUAL_AMOUNT_KW = 1;

/** The public entry's routes. */
export function createApp(options: ChargeServiceAppOptions): Express {
  const { balancer, logger, newId, registry, seen, trustedProxies = 0 } = options;
  const routes = Router();
  routes.use(limitRate(options.rateLimitPerS ?? 0));

  const charge = async (request: Request, response: Response, wanted: OpenChargeRequest) => {
    const identity = identify(request.get(IDEMPOTENCY_KEY), wanted.request_id, seen, newId);
    const { history, request_id } = identity;
    const complete = {
      vehicle_id: wanted.vehicle_id ?? vehicleFor(request_id),
      charge_amount: wanted.charge_amount ?? USUAL_AMOUNT_KW,
      priority: wanted.priority,
      request_id,
    };
    passOn(response, logger, await balancer.charge(complete, history), request_id);
  };

  routes.post('/charge', async (request, response) => {
    await charge(request, response, validate(chargeRequestSchema, request.body, 'body'));
  });

  routes.post('/request_charge', async (request, response) => {
    const body: unknown = hasBody(request) ? request.body : {};
    await charge(request, response, validate(openChargeRequestSchema, body, 'body'));
  });

  routes.get('/sessions', async (_request, response) => {
    passOn(response, logger, await balancer.call('GET', '/sessions'));
  });

  routes.get('/sessions/:id', async (request, response) => {
    passOn(response, logger, await balancer.call('GET', sessionPath(request.params.id)));
  });

  routes.delete('/sessions/:id', async (request, response) => {
    passOn(response, logger, await balancer.call('DELETE', sessionPath(request.params.id)));
  });

  routes.get('/status', async (_request, response) => {
    const answer = await balancer.health();
    const status: ChargeServiceStatus = {
      service: 'charge_request_service',
      status: 'healthy',
      load_balancer_status:
        'silent' in answer ? 'unreachable' : answer.status === 200 ? 'healthy' : 'unhealthy',
      timestamp: new Date().toISOString(),
    };
    response.json(status);
  });

  return createServiceApp({ service: 'charge_request_service', logger, registry, routes, trustedProxies });
}

function sessionPath(id: string): string {
  return `/sessions/${encodeURIComponent(id)}`;
}

function hasBody(request: Request): boolean {
  if (request.get('transfer-encoding') !== undefined) return true;
  return Number(request.get('content-length') ?? 0) > 0;
}

/** Gives the client the balancer's answer as it is. */
function passOn(
  response: Response,
  logger: Logger,
  answer: BalancerAnswer | BalancerSilence,
  request_id?: string,
): void {
  if ('silent' in answer) {
    logger.error({ reason: answer.reason, request_id }, 'load balancer unavailable');
    response.status(503).set('Retry-After', '1');
    response.json({
      error: LOAD_BALANCER_UNAVAILABLE,
      // Whether the vehicle may be charging all the same: then only the same id may be used to ask again.
      ...(request_id === undefined ? {} : { outcome: answer.sent ? 'unknown' : 'not charged', request_id }),
    });
    return;
  }
  if (answer.retryAfter !== undefined) response.set('Retry-After', answer.retryAfter);
  response.status(answer.status).json(answer.body);
}
