import { httpUrlVariable, integerVariable, numberVariable, readEnvironment } from '@gridclock/service-kit';
import { z } from 'zod';

const variables = {
  /** The public entry of the suite as it is published on this machine. */
  CHARGE_REQUEST_URL: httpUrlVariable().default('http://localhost:8000'),
  /** Asked for the substations' loads only. */
  LOAD_BALANCER_URL: httpUrlVariable().default('http://localhost:8080'),
  /** Unset: as many as fit into the time. */
  TOTAL_REQUESTS: integerVariable({ min: 1 }).optional(),
  /** Ten drivers at once, as in the contract; a thousand is what one process can still time honestly. */
  CONCURRENT_THREADS: integerVariable({ min: 1, max: 1_000 }).default(10),
  /** Seconds; a day at most. */
  RUSH_HOUR_DURATION: numberVariable({ min: 0.1, max: 86_400 }).default(60),
};

/** What the environment says of a run; times in milliseconds. `maxRequests` undefined: no limit. */
export type LoadTestConfig = {
  chargeUrl: string;
  balancerUrl: string;
  maxRequests: number | undefined;
  workers: number;
  durationMs: number;
};

/** @throws EnvironmentError naming the variable that is wrong */
export function readConfig(environment: Record<string, string | undefined>): LoadTestConfig {
  const read = readEnvironment(z.object(variables), environment);
  return {
    chargeUrl: read.CHARGE_REQUEST_URL,
    balancerUrl: read.LOAD_BALANCER_URL,
    maxRequests: read.TOTAL_REQUESTS,
    workers: read.CONCURRENT_THREADS,
    durationMs: read.RUSH_HOUR_DURATION * 1_000,
  };
}
