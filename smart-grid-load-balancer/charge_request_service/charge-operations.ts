import {
  chargeRequestSchema,
  DEADLINE_HEADER,
  type PartialChargeRequest,
  partialChargeRequestSchema,
} from '@gridclock/grid-protocol';
import {
  credentialHash,
  type HotRoute,
  hasOnlyNames,
  type JsonRequest,
  type JsonResponse,
  type Logger,
  remainingMs,
  validate,
} from '@gridclock/service-kit';
import { z } from 'zod';
import type { BalancerClient, ChargeResult } from './balancer-client.ts';
import type { BalancerResult } from './balancer-result.ts';
import { relayedResponse } from './relayed-response.ts';
import { generatedVehicleId, IDEMPOTENCY_HEADER, idAfterRejection, identify } from './request-identity.ts';
import type { RequestTrace, SeenRequests } from './seen-requests.ts';

export type ChargeOperationsOptions = {
  balancer: BalancerClient;
  seen: SeenRequests;
  /** Returns a unique id. */
  newId: () => string;
  logger: Logger;
};

/** Resolves to undefined if the client has left. */
type ChargeOperation = (request: JsonRequest) => Promise<JsonResponse | undefined>;

/** The names of a client's fields. */
export const chargeNames: readonly string[] = Object.keys(chargeRequestSchema.shape);

const knownNames = new Set(chargeNames);

const bodySchema = z.record(z.string(), z.unknown());

/** The charge_amount of `POST /request_charge` if the client sends none. Fixed by the contract. */
const DEFAULT_AMOUNT_KW = 1;

/** Creates the operations of `POST /charge` and `POST /request_charge`. */
export function chargeOperations({ balancer, logger, newId, seen }: ChargeOperationsOptions): {
  charge: ChargeOperation;
  requestCharge: ChargeOperation;
} {
  const place = async (request: JsonRequest, body: PartialChargeRequest) => {
    const { history, request_id } = identify(
      request.header(IDEMPOTENCY_HEADER),
      body.request_id,
      seen,
      newId,
    );
    const credential =
      history === 'new' ? undefined : credentialHash(request.header('authorization'), request_id);
    const known = {
      vehicle_id: body.vehicle_id ?? generatedVehicleId(request_id),
      charge_amount: body.charge_amount ?? DEFAULT_AMOUNT_KW,
      priority: body.priority,
      request_id,
    };
    const charge = credential === undefined ? known : { ...known, credential };
    let trace: RequestTrace = 'session';
    try {
      const left = request.left();
      // A client that chose the id can retry with it, and then finds its session.
      const withdrawal = history === 'new' ? left : undefined;
      const leftMs = remainingMs(request, DEADLINE_HEADER);
      const charged = await balancer.charge(charge, history, leftMs, withdrawal, request.id);
      trace = charged.trace;
      if (!left.aborted) return toClient(charged, request_id, logger);
      logger.info({ request_id, vehicle_id: charge.vehicle_id }, 'client left before the response');
      return undefined;
    } finally {
      seen.end(request_id, trace);
    }
  };
  return {
    charge: async (request) => place(request, validate(chargeRequestSchema, request.body, 'body')),
    requestCharge: async (request) =>
      place(request, validate(partialChargeRequestSchema, request.body ?? {}, 'body')),
  };
}

/** The ordinary case of `POST /charge`. */
export function hotChargeRoute(charge: ChargeOperation): HotRoute {
  return {
    method: 'POST',
    path: '/charge',
    headers: [DEADLINE_HEADER, IDEMPOTENCY_HEADER],
    serve: (request) =>
      request.query === '' && hasOnlyNames(request.body, knownNames) ? charge(request) : undefined,
  };
}

/** What the client gets of the result, and the id for another try. */
function toClient({ result, trace }: ChargeResult, requestId: string, logger: Logger): JsonResponse {
  if (trace !== 'nothing') return relayedResponse(result, logger, requestId);
  const id = idAfterRejection(requestId);
  return relayedResponse(withNewId(result, requestId, id), logger, id);
}

/** Replaces the id of a rejected request in the balancer's response. */
function withNewId(result: BalancerResult, requestId: string, id: string): BalancerResult {
  const body = 'unreachable' in result ? undefined : bodySchema.safeParse(result.body).data;
  if ('unreachable' in result || body?.request_id !== requestId) return result;
  return { ...result, body: { ...body, request_id: id } };
}
