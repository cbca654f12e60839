import { substationIdSchema } from '@gridclock/grid-protocol';
import {
  EnvironmentError,
  integerVariable,
  numberVariable,
  portVariable,
  secretVariable,
} from '@gridclock/service-kit';
import { z } from 'zod';

/** 250 ms: the balancer takes a response that needs longer than 1 s for a lost one. */
export const HOLD_REFUSALS_MS = 250;

/** The substation's environment variables. */
export const substationVariables = {
  /** The host name if unset; in a data directory that has one, its id. */
  SUBSTATION_ID: substationIdSchema.optional(),
  /** Where sessions are kept. Unset: in memory only, and a restart interrupts them. */
  DATA_DIR: z.string().optional(),
  /** kW. At most a gigawatt, the output of a power plant. */
  MAX_CAPACITY: numberVariable({ min: 0.001, max: 1_000_000 }).default(100),
  /** Seconds. At most 36 h: a low-priority session lasts up to 1.56 times this, and a timer holds 24.8 days. */
  CHARGE_PROCESSING_TIME: numberVariable({ min: 0.01, max: 129_600 }).default(10),
  /** kW. The part of MAX_CAPACITY that only high-priority requests may use. */
  HIGH_PRIORITY_RESERVE_KW: numberVariable({ min: 0 }).default(0),
  /** At least 8 characters: a shorter token could be guessed. */
  ADMIN_TOKEN: secretVariable({ minLength: 8 }),
  /** ms. How long sessions may continue after SIGTERM. Set the container's stop timeout to more than this. */
  DRAIN_MS: integerVariable({ min: 0, max: 600_000 }).default(1_000),
  PORT: portVariable().default(8001),
};

/**
 * How long the request_id of an ended session stays known: 10 minutes. The charge service repeats a request for
 * at most BALANCER_TIMEOUT_MS, which is 2 minutes at its maximum.
 */
export const REMEMBER_MS = 10 * 60_000;

/** How many ended requests stay known: 100 sessions/s × 10 min = 60,000. At most 100 MB of memory. */
export const REMEMBER_LIMIT = 100_000;

/** @throws EnvironmentError if the reserve is larger than the capacity */
export function checkReserve(config: { HIGH_PRIORITY_RESERVE_KW: number; MAX_CAPACITY: number }): void {
  if (config.HIGH_PRIORITY_RESERVE_KW > config.MAX_CAPACITY)
    throw new EnvironmentError(
      `HIGH_PRIORITY_RESERVE_KW must be at most MAX_CAPACITY (${config.MAX_CAPACITY})`,
    );
}
