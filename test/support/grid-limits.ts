import { maxHeaderSize } from 'node:http';
import { readEnvironment } from '@gridclock/service-kit';
import { z } from 'zod';
import * as charge from '../../packages/grid-protocol/src/charge.ts';
import { RETRY_BUDGET } from '../../packages/service-kit/src/outbound/retry-budget.ts';
import { BODIES, DEFAULT_BODY_LIMIT_BYTES } from '../../packages/service-kit/src/requests/app.ts';
import { DEFAULT_URL_LIMIT_BYTES } from '../../packages/service-kit/src/requests/http-manners.ts';
import { chargeServiceVariables } from '../../smart-grid-load-balancer/charge_request_service/config.ts';
import { balancerConfig, balancerVariables } from '../../smart-grid-load-balancer/load_balancer/config.ts';
import { healthOptions } from '../../smart-grid-load-balancer/load_balancer/fleet/health.ts';
import * as substation from '../../smart-grid-load-balancer/substation_service/config.ts';
import { MAX_SESSIONS } from '../../smart-grid-load-balancer/substation_service/substation.ts';
import { bodies, bytes, count, duration } from './limit-tables.ts';

const entry = readEnvironment(z.object(chargeServiceVariables), {});
const balancer = balancerConfig(readEnvironment(z.object(balancerVariables), {}));
const { memory, pollIntervalMs } = balancer;
const { ejection, failuresToEject } = healthOptions(pollIntervalMs);

/** The largest value that a variable may have. */
function largest(variable: z.ZodType, from: number): number {
  let [accepted, refused] = [from, 1_000_000_000];
  while (refused - accepted > 1) {
    const middle = Math.floor((accepted + refused) / 2);
    if (variable.safeParse(String(middle)).success) accepted = middle;
    else refused = middle;
  }
  return accepted;
}

const remembered = (limit: number, ms: number) => `${count(limit)} for ${duration(ms)}`;

/** The limits of the grid, from the modules that enforce them, as docs/guarantees.md states them. */
export const gridLimits: Readonly<Record<string, string>> = {
  'MIN_CHARGE_AMOUNT_KW, MAX_CHARGE_AMOUNT_KW': `${count(charge.MIN_CHARGE_AMOUNT_KW)} kW to ${count(charge.MAX_CHARGE_AMOUNT_KW)} kW`,
  MAX_ID_LENGTH: `${charge.MAX_ID_LENGTH} characters`,
  DEFAULT_BODY_LIMIT_BYTES: bytes(DEFAULT_BODY_LIMIT_BYTES),
  DEFAULT_URL_LIMIT_BYTES: bytes(DEFAULT_URL_LIMIT_BYTES),
  maxHeaderSize: bytes(maxHeaderSize),
  BODIES: bodies(BODIES),
  RATE_LIMIT_PER_S: count(entry.RATE_LIMIT_PER_S),
  BALANCER_TIMEOUT_MS: duration(entry.BALANCER_TIMEOUT_MS),
  REQUEST_TIMEOUT_MS: duration(balancer.requestTimeoutMs),
  MAX_ATTEMPTS: count(charge.MAX_ATTEMPTS),
  RETRY_BUDGET: `${RETRY_BUDGET.share * 100} % of the requests, and ${RETRY_BUDGET.minPerS} a second`,
  MAX_HOPS: count(balancer.maxHops),
  MAX_QUEUE: `${balancer.maxQueue}, by setting up to ${count(largest(balancerVariables.MAX_QUEUE, 0))}`,
  MAX_WAIT_MS: duration(balancer.maxWaitMs),
  POLL_INTERVAL_MS: duration(pollIntervalMs),
  failuresToEject: count(failuresToEject),
  ejection: `${ejection.firstMs / pollIntervalMs} to ${ejection.longestMs / pollIntervalMs} polls`,
  MAX_SESSIONS: count(MAX_SESSIONS),
  'REMEMBER_LIMIT, REMEMBER_MS': remembered(substation.REMEMBER_LIMIT, substation.REMEMBER_MS),
  REQUEST_MEMORY: remembered(memory.limit, memory.rememberMs),
};
