import { z } from 'zod';
import { prioritySchema } from './charge.ts';

const kilowatts = z.number();
const timestamp = z.string();

/** `GET /status` of a substation. Times in seconds, timestamp ISO 8601. */
export const substationStatusSchema = z.looseObject({
  substation_id: z.string(),
  current_load: kilowatts,
  max_capacity: kilowatts,
  utilization_percent: z.number(),
  active_sessions: z.number(),
  available_capacity: kilowatts,
  sessions: z.record(
    z.string(),
    z.looseObject({
      vehicle_id: z.string(),
      charge_amount: kilowatts,
      priority: prioritySchema,
      remaining_time: z.number(),
    }),
  ),
  timestamp,
});

export type SubstationStatus = z.output<typeof substationStatusSchema>;

/** What a balancer knows of one substation. */
export const substationViewSchema = z.looseObject({
  url: z.string(),
  /** Load by the last answer or poll, null before the first. */
  polled_load: kilowatts.nullable(),
  /** Sent since then and not yet part of it. */
  own_dispatches: kilowatts,
  /** The sum of both: what routing goes by. */
  load: kilowatts,
  capacity: kilowatts.nullable(),
  health: z.enum(['unknown', 'up', 'ejected', 'draining']),
  /** Milliseconds since the last sign of life, null before the first. */
  view_age_ms: z.number().nullable(),
});

export type SubstationViewStatus = z.output<typeof substationViewSchema>;

/** `GET /status` of the balancer. */
export const balancerStatusSchema = z.looseObject({
  service: z.literal('load_balancer'),
  substation_loads: z.record(z.string(), kilowatts),
  substations: z.record(z.string(), substationViewSchema),
  routing_policy: z.string(),
  timestamp,
});

export type BalancerStatus = z.output<typeof balancerStatusSchema>;

/** `GET /status` of the charge service. */
export const chargeServiceStatusSchema = z.looseObject({
  service: z.literal('charge_request_service'),
  status: z.literal('healthy'),
  load_balancer_status: z.enum(['healthy', 'unhealthy', 'unreachable']),
  timestamp,
});

export type ChargeServiceStatus = z.output<typeof chargeServiceStatusSchema>;
