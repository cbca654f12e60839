import { z } from 'zod';

/**
 * The largest charge_amount, in kW: a gigawatt. No charger comes near it (the megawatt standard for lorries
 * ends at 3,750 kW), so a larger number is a wrong unit, and every sum of loads stays exact.
 */
export const MAX_CHARGE_AMOUNT_KW = 1_000_000;

/** Longest vehicle_id and request_id, in characters: room for a UUID, a VIN or a URN, not for a document. */
export const MAX_ID_LENGTH = 128;

/** From the lowest to the highest. */
export const priorities = ['low', 'normal', 'high'] as const;

/** How urgent a charge is. */
export const prioritySchema = z.enum(priorities, { error: 'must be low, normal or high' });

export type Priority = z.output<typeof prioritySchema>;

const vehicleId = z
  .string({ error: 'must be a string' })
  .max(MAX_ID_LENGTH, `must have at most ${MAX_ID_LENGTH} characters`)
  .refine((value) => value.trim() !== '', 'must not be empty');

/** Finite: JSON has no NaN, but `1e999` is read as Infinity. */
const chargeAmount = z
  .number({ error: 'must be a finite number of kW' })
  .gt(0, 'must be greater than 0')
  .lte(MAX_CHARGE_AMOUNT_KW, `must be at most ${MAX_CHARGE_AMOUNT_KW} kW`);

/** Visible ASCII, so that it can stand in a header as well as in a body. */
export const requestIdSchema = z
  .string({ error: 'must be a string' })
  .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters without spaces')
  .max(MAX_ID_LENGTH, `must have at most ${MAX_ID_LENGTH} characters`);

/** A vehicle that wants to be charged, in kW. Members that are not listed are ignored. */
export const chargeRequestSchema = z.object({
  vehicle_id: vehicleId,
  charge_amount: chargeAmount,
  priority: prioritySchema.default('normal'),
  request_id: requestIdSchema.optional(),
});

export type ChargeRequest = z.output<typeof chargeRequestSchema>;

/** A charge request whose id is settled: what travels inside the grid. */
export type IdentifiedChargeRequest = ChargeRequest & { request_id: string };

/** Whether two requests ask for the same: only then may one request_id stand for both. */
export function isSameCharge(left: ChargeRequest, right: ChargeRequest): boolean {
  return (
    left.vehicle_id === right.vehicle_id &&
    left.charge_amount === right.charge_amount &&
    left.priority === right.priority
  );
}

/** `POST /request_charge`: what is left out is made up by the service. */
export const openChargeRequestSchema = chargeRequestSchema.partial({ vehicle_id: true, charge_amount: true });

export type OpenChargeRequest = z.output<typeof openChargeRequestSchema>;

/**
 * Where a message stands among all that a balancer sends about one request_id. A round is one search for a
 * place, later rounds have larger numbers; within a round every message has a larger attempt. A substation
 * that has refused a request, or has said that it does not know it, refuses earlier messages that arrive late.
 */
export const dispatchOrderSchema = z.object(
  {
    round: z.int({ error: 'must be a whole number' }).min(0, 'must not be negative'),
    attempt: z.int({ error: 'must be a whole number' }).min(0, 'must not be negative'),
  },
  { error: 'must be an object {round, attempt}' },
);

export type DispatchOrder = z.output<typeof dispatchOrderSchema>;

/** What a balancer sends to a substation: a charge request and, optionally, its place among its like. */
export const substationChargeRequestSchema = chargeRequestSchema.extend({
  dispatch: dispatchOrderSchema.optional(),
});

export type SubstationChargeRequest = z.output<typeof substationChargeRequestSchema>;

/** A substation's 200 to a charge request. Powers in kW, estimated_duration in seconds, start_time ISO 8601. */
export const chargeAcceptedSchema = z.looseObject({
  status: z.literal('accepted'),
  session_id: z.string(),
  substation_id: z.string(),
  vehicle_id: z.string(),
  charge_amount: z.number(),
  estimated_duration: z.number(),
  start_time: z.string(),
  current_load: z.number(),
  max_capacity: z.number(),
});

export type ChargeAccepted = z.output<typeof chargeAcceptedSchema>;

/** The balancer's 200: the substation's answer, where it was sent, and that substation's load before, in kW. */
export const routedChargeSchema = chargeAcceptedSchema.extend({
  routed_by: z.literal('load_balancer'),
  substation_load_before: z.number(),
});

export type RoutedCharge = z.output<typeof routedChargeSchema>;

/** The `error` of a 503 that is a full grid or substation, and no fault. */
export const INSUFFICIENT_CAPACITY = 'Insufficient capacity';

/** The `error` of the 503 of a substation that finishes its sessions and takes no new ones. */
export const DRAINING = 'Draining';

/** The `error` of the charge service's 503 when no balancer answers. */
export const LOAD_BALANCER_UNAVAILABLE = 'Load balancer unavailable';

/** The `error` of the balancer's 503 when no substation can be reached. */
export const NO_SUBSTATION_AVAILABLE = 'No substation available';

/** The `error` of a 504: a substation may have accepted. Ask again with the same request_id. */
export const OUTCOME_UNKNOWN = 'Outcome unknown';

/** The `error` of a substation's 409 to a message that a later one about the same request_id has overtaken. */
export const SUPERSEDED = 'Superseded';

/** A substation's 503 for want of capacity, in kW. */
export const capacityRefusalSchema = z.looseObject({
  error: z.literal(INSUFFICIENT_CAPACITY),
  current_load: z.number(),
  max_capacity: z.number(),
  available_capacity: z.number(),
});

export type CapacityRefusal = z.output<typeof capacityRefusalSchema>;

/** Response header, `true` when a substation repeats the answer it once gave to the same request_id. */
export const REPLAYED_HEADER = 'idempotency-replayed';
