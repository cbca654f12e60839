import {
  chargeRequestSchema,
  partialChargeRequestSchema,
  requestIdSchema,
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
  pageOperations,
} from '@gridclock/service-kit/openapi';
import { controlOperations } from '@gridclock/ui-kit/control/api';
import { z } from 'zod';
import { IDEMPOTENCY_KEY } from './request-identity.ts';

const service = 'charge_request_service';

export type ChargeServiceParts = { control: boolean; hasRateLimit: boolean };

const headers = deadlineHeader.extend({
  [IDEMPOTENCY_KEY]: requestIdSchema
    .optional()
    .meta({ description: 'The same for repetitions of one request, which then charge one vehicle.' }),
});

const routed = {
  200: { description: 'The vehicle is charging.', schema: routedChargeSchema },
} as const;

const errors: Operation['errors'] = [...placementErrors, 'load_balancer_unavailable'];

const response = { ...exampleAcceptance, routed_by: 'load_balancer', substation_load_before: 0 };

const charges: readonly Operation[] = [
  {
    method: 'post',
    path: '/charge',
    id: 'charge',
    tag: 'Charging',
    summary: 'Charge a vehicle',
    headers,
    body: chargeRequestSchema,
    responses: routed,
    errors,
    examples: {
      charge: { summary: 'A vehicle that needs 22 kW', body: exampleCharge, status: 200, response },
      invalid: invalidCharge,
    },
    links: sessionLinks,
  },
  {
    method: 'post',
    path: '/request_charge',
    id: 'requestCharge',
    tag: 'Charging',
    summary: 'Charge a vehicle; a body that leaves something out is completed',
    headers,
    body: partialChargeRequestSchema,
    isBodyOptional: true,
    responses: routed,
    errors,
    examples: {
      some: {
        summary: 'A vehicle of this name, 1 kW',
        body: { vehicle_id: 'EV_1000' },
        status: 200,
        response: { ...response, charge_amount: 1 },
      },
    },
    links: sessionLinks,
  },
];

const status: Operation = {
  method: 'get',
  path: '/status',
  id: 'status',
  tag: 'Charging',
  summary: 'Whether the balancer responds',
  responses: {
    200: {
      description: 'The state of both.',
      schema: z.object({
        service: z.literal(service),
        status: z.literal('healthy'),
        load_balancer_status: z.enum(['healthy', 'unhealthy', 'unreachable']),
        timestamp: z.string(),
      }),
    },
  },
  examples: {
    status: {
      summary: 'Both respond',
      status: 200,
      response: {
        service,
        status: 'healthy',
        load_balancer_status: 'healthy',
        timestamp: '2026-01-01T12:00:00.000Z',
      },
    },
  },
};

const pageTag = 'Live page';

const page: readonly Operation[] = [
  ...pageOperations('/ui', 'ui', 'The live page', pageTag),
  {
    method: 'get',
    path: '/ui/events',
    id: 'uiEvents',
    tag: pageTag,
    summary: 'What the grid does, as server-sent events',
    responses: { 200: { description: 'The stream.', type: 'text/event-stream' } },
    examples: {
      grid: {
        summary: 'The first event',
        status: 200,
        response: 'event: grid\ndata: {"policy":"least-load","substations":[],"sessions":[]}\n\n',
      },
    },
  },
  {
    method: 'put',
    path: '/ui/policy',
    id: 'uiPolicy',
    tag: pageTag,
    summary: 'Change the routing policy at the balancer',
    body: z.object({ policy: z.string().meta({ description: 'As in the document of the balancer.' }) }),
    security: ['adminToken', 'optional'],
    responses: {
      200: { description: 'The policy in force.', schema: z.object({ routing_policy: z.string() }) },
    },
    errors: ['forbidden', 'load_balancer_unavailable'],
    examples: {
      change: {
        summary: 'Best fit',
        body: { policy: 'best-fit' },
        status: 200,
        response: { routing_policy: 'best-fit' },
      },
    },
  },
];

/** Builds the OpenAPI document of the charge service. */
export function describeChargeService(
  { control, hasRateLimit }: ChargeServiceParts,
  version: string,
): object {
  const api: ApiDescription = {
    title: 'Gridclock charging: the public entry',
    description:
      'Takes charge requests of drivers and passes them to the load balancer. Powers are in kW, durations in seconds.',
    tags: {
      Charging: 'For drivers.',
      Sessions: 'Running sessions, by their secrets.',
      [pageTag]: 'The page at `/ui`, and its data.',
      ...commonTags,
    },
    tokens: {
      sessionSecret: 'The `session_secret` of the response to the charge.',
      adminToken: 'The administrator (ADMIN_TOKEN of the balancer).',
    },
    operations: [
      ...charges,
      status,
      ...sessionOperations({
        holder: ['sessionSecret', 'adminToken'],
        // The balancer may have no token.
        administrator: ['adminToken', 'optional'],
        errors: ['substation_unreachable', 'load_balancer_unavailable'],
      }),
      ...page,
      ...controlOperations(pageTag, control),
      indexOperation(service, 'ui'),
      ...commonOperations(service),
    ],
    hasRateLimit,
  };
  return openApiDocument(api, version);
}
