import {
  connectTimeoutVariable,
  httpUrlVariable,
  integerVariable,
  portVariable,
  rateLimitVariables,
} from '@gridclock/service-kit';
import { suiteControlVariables } from '@gridclock/ui-kit/control';

/**
 * 5 s until a driver has an answer: the balancer can ask an unresponsive substation three times, for 1 s each. If
 * requests may queue at the balancer, set this at least 1 s above its MAX_WAIT_MS.
 */
const BALANCER_TIMEOUT_MS = 5_000;

/** 1000 requests/s: more than a driver or a load tester with some hundred workers sends, and far below a flood. */
const RATE_LIMIT_PER_S = 1_000;

/** The charge service's environment variables. */
export const chargeServiceVariables = {
  LOAD_BALANCER_URL: httpUrlVariable().default('http://load_balancer:8080'),
  /** ms. */
  BALANCER_TIMEOUT_MS: integerVariable({ min: 1_000, max: 120_000 }).default(BALANCER_TIMEOUT_MS),
  /** ms. Without a connection within this time, nothing was sent. */
  CONNECT_TIMEOUT_MS: connectTimeoutVariable(),
  PORT: portVariable().default(8000),
  ...rateLimitVariables(RATE_LIMIT_PER_S),
  ...suiteControlVariables,
};

/**
 * 1 s: the balancer responds within milliseconds unless a substation is silent. After that, the connection may be
 * dead, and the request is sent on a new one too.
 */
export const HEDGE_AFTER_MS = 1_000;

/** How long a request id counts as repeated: 10 minutes, as long as substations remember it. */
export const REMEMBER_MS = 10 * 60_000;

/** How many request ids are remembered: at most 20 MB of memory. */
export const REMEMBER_LIMIT = 100_000;
