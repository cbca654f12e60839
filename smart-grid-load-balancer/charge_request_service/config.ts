import {
  connectionVariables,
  httpUrlVariable,
  integerVariable,
  portVariable,
  rateLimitVariables,
} from '@gridclock/service-kit';

/**
 * 10 s for one response of the balancer: it may try an unresponsive substation three times, for 1 s each.
 * If requests may queue at the balancer, set this at least 5 s above its MAX_WAIT_MS.
 */
const BALANCER_TIMEOUT_MS = 10_000;

/** 1000 requests/s: more than a driver or a load tester with some hundred workers sends, and far below a flood. */
const RATE_LIMIT_PER_S = 1_000;

/** The charge service's environment variables. */
export const chargeServiceVariables = {
  LOAD_BALANCER_URL: httpUrlVariable().default('http://load_balancer:8080'),
  /** ms. */
  BALANCER_TIMEOUT_MS: integerVariable({ min: 1_000, max: 120_000 }).default(BALANCER_TIMEOUT_MS),
  ...connectionVariables,
  PORT: portVariable().default(8000),
  ...rateLimitVariables(RATE_LIMIT_PER_S),
};

/**
 * How long a request with an unknown outcome is repeated, as a multiple of BALANCER_TIMEOUT_MS: time for one
 * lost response and half of the next.
 */
export const PATIENCE_FACTOR = 1.5;

/** How long a request id counts as repeated: 10 minutes, as long as substations remember it. */
export const REMEMBER_MS = 10 * 60_000;

/** How many request ids are remembered: at most 20 MB of memory. */
export const REMEMBER_LIMIT = 100_000;
