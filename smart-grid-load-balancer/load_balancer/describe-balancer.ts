import {
  ATTEMPTS_HEADER,
  balancerStatusSchema,
  chargeMessageSchema,
  REQUEST_HISTORY_HEADER,
  requestHistorySchema,
  routedChargeSchema,
} from '@gridclock/grid-protocol';
import {
  deadlineHeader,
  exampleAcceptance,
  exampleCharge,
  invalidCharge,
  placementErrors,
  sessionLinks,
  sessionOperations,
} from '@gridclock/grid-protocol/api';
import {
  type ApiDescription,
  commonOperations,
  commonTags,
  indexOperation,
  type Operation,
  openApiDocument,
} from '@gridclock/service-kit/openapi';
import { z } from 'zod';
import { memberSchema } from './routes/admin-routes.ts';
import { policySchema, seenSchema } from './routes/live-routes.ts';

const service = 'load_balancer';
const TOKEN = 'adminToken';
const tag = 'Routing';

/** Whether the request_id may have been sent before. */
const histories = requestHistorySchema.options.map((history) => `\`${history}\``).join(', ');

const headers = deadlineHeader.extend({
  [ATTEMPTS_HEADER]: z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .optional()
    .meta({ description: 'The most messages to substations that do not answer.' }),
  [REQUEST_HISTORY_HEADER]: z
    .string()
    .optional()
    .meta({ description: `Of charge services: ${histories}. Any other value counts as the last one.` }),
});

function routeCharge(path: '/route_charge' | '/assign_substation', id: string): Operation {
  return {
    method: 'post',
    path,
    id,
    tag,
    summary: 'Place a charge request at a substation',
    headers,
    body: chargeMessageSchema,
    responses: { 200: { description: 'The vehicle is charging.', schema: routedChargeSchema } },
    errors: placementErrors,
    links: sessionLinks,
    examples: {
      charge: {
        summary: 'A vehicle that needs 22 kW',
        body: exampleCharge,
        status: 200,
        response: { ...exampleAcceptance, routed_by: 'load_balancer', substation_load_before: 0 },
      },
      invalid: invalidCharge,
      tooLarge: {
        summary: 'More than any substation has',
        body: { ...exampleCharge, charge_amount: 900_000 },
        status: 422,
        response: { error: 'charge_amount: is larger than every substation', code: 'too_large_for_grid' },
      },
    },
  };
}

const routing: readonly Operation[] = [
  routeCharge('/route_charge', 'routeCharge'),
  routeCharge('/assign_substation', 'assignSubstation'),
  {
    method: 'get',
    path: '/status',
    id: 'status',
    tag,
    summary: 'How the balancer sees every substation',
    responses: { 200: { description: 'Loads in kW.', schema: balancerStatusSchema } },
    examples: {
      status: {
        summary: 'The loads of the substations',
        status: 200,
        response: {
          service,
          substation_loads: { substation_1: 22, substation_2: 0 },
          substations: {},
          routing_policy: 'least-load',
          timestamp: '2026-01-01T12:00:00.000Z',
        },
      },
    },
  },
  {
    method: 'get',
    path: '/live',
    id: 'live',
    tag,
    summary: 'What the live page shows; no vehicle, no session id',
    query: seenSchema,
    responses: {
      200: {
        description: 'The substations, the sessions, and the decisions after `since`.',
        schema: z.looseObject({ at: z.number(), policy: z.string(), decisions: z.array(z.looseObject({})) }),
      },
    },
    examples: {
      since: {
        summary: 'The decisions that are kept',
        query: { since: '0' },
        status: 200,
        response: { at: 1767268800000, policy: 'least-load', decisions: [], substations: [], sessions: [] },
      },
    },
  },
];

const admin: readonly Operation[] = [
  {
    method: 'post',
    path: '/substations',
    id: 'addSubstation',
    tag,
    summary: 'Add a substation until the next restart',
    body: memberSchema,
    security: [TOKEN],
    responses: {
      200: { description: 'It was there already.', schema: memberSchema },
      201: { description: 'It was added.', schema: memberSchema },
    },
    errors: ['substation_exists'],
    links: {
      remove: {
        to: 'removeSubstation',
        description: 'Remove it again.',
        parameters: { id: '$request.body#/id' },
      },
    },
    examples: {
      add: {
        summary: 'Another substation',
        body: { id: 'substation_9', url: 'http://substation_9:8001' },
        status: 201,
        response: { id: 'substation_9', url: 'http://substation_9:8001' },
      },
    },
  },
  {
    method: 'delete',
    path: '/substations/{id}',
    id: 'removeSubstation',
    tag,
    summary: 'Remove a substation until the next restart',
    params: z.object({ id: memberSchema.shape.id }),
    security: [TOKEN],
    responses: {
      200: {
        description: 'It was removed.',
        schema: z.object({ status: z.literal('removed'), id: z.string() }),
      },
    },
    errors: ['no_such_substation'],
    examples: {
      remove: {
        summary: 'The one that was added',
        path: { id: 'substation_9' },
        status: 200,
        response: { status: 'removed', id: 'substation_9' },
      },
    },
  },
];

function policyOperation(hasToken: boolean): Operation {
  return {
    method: 'put',
    path: '/policy',
    id: 'policy',
    tag,
    summary: 'Change the routing policy until the next restart',
    body: policySchema,
    ...(hasToken ? { security: [TOKEN] } : {}),
    responses: {
      200: { description: 'The policy in force.', schema: z.object({ routing_policy: z.string() }) },
    },
    errors: ['forbidden'],
    examples: {
      change: {
        summary: 'Best fit',
        body: { policy: 'best-fit' },
        status: 200,
        response: { routing_policy: 'best-fit' },
      },
    },
  };
}

/** Builds the OpenAPI document of the balancer. @param hasToken whether ADMIN_TOKEN is set */
export function describeBalancer(hasToken: boolean, version: string): object {
  const api: ApiDescription = {
    title: 'Gridclock charging: the load balancer',
    description: 'Sends each charge request to a substation. Powers are in kW, durations in seconds.',
    tags: {
      [tag]: 'Charge requests, and the substations that they go to.',
      Sessions: 'Running sessions, by their secrets.',
      ...commonTags,
    },
    tokens: {
      sessionSecret: 'The `session_secret` of the response to the charge.',
      ...(hasToken ? { [TOKEN]: 'The administrator (ADMIN_TOKEN).' } : {}),
    },
    operations: [
      ...routing,
      ...(hasToken ? admin : []),
      policyOperation(hasToken),
      ...sessionOperations({
        holder: hasToken ? ['sessionSecret', TOKEN] : ['sessionSecret'],
        administrator: hasToken ? [TOKEN] : undefined,
        errors: ['substation_unreachable'],
      }),
      indexOperation(service, 'docs'),
      ...commonOperations(service),
    ],
  };
  return openApiDocument(api, version);
}
