import {
  httpUrlVariable,
  integerVariable,
  numberVariable,
  openToolTls,
  readEnvironment,
  type ServiceTls,
} from '@gridclock/service-kit';
import { z } from 'zod';

const variables = {
  /** The public entry, as the suite publishes it on this machine. */
  CHARGE_REQUEST_URL: httpUrlVariable().default('http://localhost:8000'),
  /** Only asked for the substations' status. */
  LOAD_BALANCER_URL: httpUrlVariable().default('http://localhost:8080'),
  /** Unset: no limit. */
  TOTAL_REQUESTS: integerVariable({ min: 1 }).optional(),
  /** 10 workers, as in the contract. At most 1,000: with more, this process would distort response times. */
  CONCURRENT_THREADS: integerVariable({ min: 1, max: 1_000 }).default(10),
  /** 60 s, as in the contract; at most a day. */
  RUSH_HOUR_DURATION: numberVariable({ min: 0.1, max: 86_400 }).default(60),
};

/** The part of a run that the environment configures; times in milliseconds. */
export type LoadTestConfig = {
  chargeUrl: string;
  balancerUrl: string;
  /** Undefined: no limit. */
  maxRequests: number | undefined;
  workers: number;
  durationMs: number;
  /** Certificates, for a grid with TLS. */
  tls?: ServiceTls;
};

/** @throws EnvironmentError naming the invalid variable */
export function readConfig(environment: Record<string, string | undefined>): LoadTestConfig {
  const read = readEnvironment(z.object(variables), environment);
  const tls = openToolTls(environment);
  return {
    ...(tls === undefined ? {} : { tls }),
    chargeUrl: read.CHARGE_REQUEST_URL,
    balancerUrl: read.LOAD_BALANCER_URL,
    maxRequests: read.TOTAL_REQUESTS,
    workers: read.CONCURRENT_THREADS,
    durationMs: read.RUSH_HOUR_DURATION * 1_000,
  };
}
