import { z } from 'zod';
import { prioritySchema } from './charge.ts';

const kilowatts = z.number();
const timestamp = z.string();

/** `GET /status` of a substation. remaining_time in seconds, timestamp in ISO 8601. */
export const substationStatusSchema = z.looseObject({
  substation_id: z.string(),
  current_load: kilowatts,
  max_capacity: kilowatts,
  utilization_percent: z.number(),
  active_sessions: z.number(),
  available_capacity: kilowatts,
  /** Changes when the substation has lost its memory of sessions. Other implementations have none. */
  life: z.string().optional(),
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

/** A balancer's view of one substation. */
const substationViewSchema = z.looseObject({
  url: z.string(),
  /** The load in the last response or poll; null before the first. */
  polled_load: kilowatts.nullable(),
  /** The load that this balancer has dispatched since then. */
  own_dispatches: kilowatts,
  /** The sum of both, which routing compares. */
  load: kilowatts,
  capacity: kilowatts.nullable(),
  health: z.enum(['unknown', 'up', 'ejected', 'draining']),
  /** The time since the last response, in milliseconds; null before the first. */
  view_age_ms: z.number().nullable(),
  /** The id under which the balancer routes to the same substation, where this one is another name of it. */
  same_as: z.string().optional(),
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
export type ChargeServiceStatus = {
  service: 'charge_request_service';
  status: 'healthy';
  load_balancer_status: 'healthy' | 'unhealthy' | 'unreachable';
  timestamp: string;
};
