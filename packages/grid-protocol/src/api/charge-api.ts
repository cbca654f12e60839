import type { Operation } from '@gridclock/service-kit/openapi';
import { z } from 'zod';
import { DEADLINE_HEADER } from '../charge.ts';

/** A charge request that fits, for examples. */
export const exampleCharge = { vehicle_id: 'EV_1000', charge_amount: 22, priority: 'high' };

/** The header with how long the sender waits. */
export const deadlineHeader = z.object({
  [DEADLINE_HEADER]: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional()
    .meta({
      description: 'How many milliseconds the sender waits. Nothing is begun that would take longer.',
    }),
});

/** The response to an accepted charge, as an example. */
export const exampleAcceptance = {
  status: 'accepted',
  session_id: 'substation_1~1f3kz0a9.m1x2y3z4.9b1d',
  substation_id: 'substation_1',
  vehicle_id: 'EV_1000',
  charge_amount: 22,
  estimated_duration: 7,
  start_time: '2026-01-01T12:00:00.000Z',
  current_load: 22,
  max_capacity: 100,
};

/** What a driver can do next with an accepted charge. */
export const sessionLinks: NonNullable<Operation['links']> = {
  session: {
    to: 'session',
    description: 'The session, with its `session_secret` as the bearer token.',
    parameters: { id: '$response.body#/session_id' },
  },
  stop: {
    to: 'stopSession',
    description: 'Stop it early, with the same token.',
    parameters: { id: '$response.body#/session_id' },
  },
};

/** An example of a request that is refused before anything happens. */
export const invalidCharge = {
  summary: 'A negative amount',
  body: { ...exampleCharge, charge_amount: -1 },
  status: 400,
  response: {
    error: 'charge_amount: must be greater than 0',
    field: 'charge_amount',
    code: 'invalid_request',
  },
} as const;

/** How a charge can fail at the balancer, and so at the services in front of it. */
export const placementErrors: NonNullable<Operation['errors']> = [
  { status: 409, code: 'idempotency_key_reused' },
  'idempotency_key_reused',
  'too_large_for_grid',
  'session_interrupted',
  'insufficient_capacity',
  'capacity_unknown',
  'no_substation_available',
  'deadline_exceeded',
  'storage_unavailable',
  'outcome_unknown',
];
