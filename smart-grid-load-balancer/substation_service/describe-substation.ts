import {
  chargeAcceptedSchema,
  requestLookupResponseSchema,
  requestLookupSchema,
  substationChargeRequestSchema,
  substationStatusSchema,
} from '@gridclock/grid-protocol';
import {
  deadlineHeader,
  exampleAcceptance,
  exampleCharge,
  invalidCharge,
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

const service = 'substation_service';
const TOKEN = 'adminToken';
const tag = 'Charging';

const charging: readonly Operation[] = [
  {
    method: 'post',
    path: '/charge',
    id: 'charge',
    tag,
    summary: 'Start a session, if there is room',
    headers: deadlineHeader,
    body: substationChargeRequestSchema,
    responses: { 200: { description: 'The session has started.', schema: chargeAcceptedSchema } },
    errors: [
      'insufficient_capacity',
      'draining',
      'deadline_exceeded',
      'storage_unavailable',
      'superseded',
      'idempotency_key_reused',
      { status: 409, code: 'idempotency_key_reused' },
    ],
    links: sessionLinks,
    examples: {
      charge: {
        summary: 'A vehicle that needs 22 kW',
        body: exampleCharge,
        status: 200,
        response: exampleAcceptance,
      },
      invalid: invalidCharge,
      full: {
        summary: 'More than is free',
        body: { ...exampleCharge, charge_amount: 5_000 },
        status: 503,
        response: {
          error: 'Insufficient capacity',
          current_load: 22,
          max_capacity: 100,
          available_capacity: 78,
          code: 'insufficient_capacity',
        },
      },
    },
  },
  {
    method: 'post',
    path: '/requests/lookup',
    id: 'lookup',
    tag,
    summary: 'Of balancers: whether a request_id was accepted here',
    description: 'If not, earlier messages about it are rejected from now on.',
    body: requestLookupSchema,
    responses: { 200: { description: 'Known or not.', schema: requestLookupResponseSchema } },
    examples: {
      unknown: {
        summary: 'An id that is new',
        body: { request_id: 'new-id', dispatch: { round: 1, attempt: 0 } },
        status: 200,
        response: { known: false },
      },
    },
  },
  {
    method: 'get',
    path: '/status',
    id: 'status',
    tag,
    summary: 'The load and the sessions',
    responses: { 200: { description: 'Powers in kW.', schema: substationStatusSchema } },
    examples: {
      status: {
        summary: 'A substation with sessions',
        status: 200,
        response: {
          substation_id: 'substation_1',
          current_load: 22,
          max_capacity: 100,
          utilization_percent: 22,
          active_sessions: 1,
          available_capacity: 78,
          sessions: {},
          timestamp: '2026-01-01T12:00:00.000Z',
        },
      },
    },
  },
];

const drainState = z.object({
  status: z.enum(['draining', 'accepting']),
  substation_id: z.string(),
  active_sessions: z.number(),
});

function drainOperations(security: { security?: readonly string[] }): Operation[] {
  const path = '/drain';
  const example = (status: number, state: string) => ({
    drain: {
      summary: 'A substation with one session',
      status,
      response: { status: state, substation_id: 'substation_1', active_sessions: 1 },
    },
  });
  return [
    {
      method: 'post',
      path,
      id: 'drain',
      tag,
      summary: 'Accept no new sessions; running ones continue',
      ...security,
      responses: { 202: { description: 'It accepts none.', schema: drainState } },
      errors: ['forbidden'],
      examples: example(202, 'draining'),
    },
    {
      method: 'delete',
      path,
      id: 'accept',
      tag,
      summary: 'Accept sessions again',
      ...security,
      responses: { 200: { description: 'It accepts sessions.', schema: drainState } },
      errors: ['forbidden', 'stopping'],
      examples: example(200, 'accepting'),
    },
  ];
}

/** Builds the OpenAPI document of a substation. @param hasToken whether ADMIN_TOKEN is set */
export function describeSubstation(hasToken: boolean, version: string): object {
  const security = hasToken ? { security: [TOKEN] } : {};
  const api: ApiDescription = {
    title: 'Gridclock charging: a substation',
    description: 'Charges vehicles up to its capacity. Powers are in kW, durations in seconds.',
    tags: { [tag]: 'Sessions of vehicles.', Sessions: 'Running sessions, by their secrets.', ...commonTags },
    tokens: {
      sessionSecret: 'The `session_secret` of the response to the charge.',
      ...(hasToken ? { [TOKEN]: 'The administrator (ADMIN_TOKEN).' } : {}),
    },
    operations: [
      ...charging,
      ...sessionOperations({
        holder: hasToken ? ['sessionSecret', TOKEN] : ['sessionSecret'],
        administrator: hasToken ? [TOKEN] : undefined,
      }),
      ...drainOperations(security),
      indexOperation(service, 'docs'),
      ...commonOperations(service),
    ],
  };
  return openApiDocument(api, version);
}
