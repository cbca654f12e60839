import { arrivalTimeouts } from '../../packages/service-kit/src/door/arrival-timeouts.ts';
import { CONNECTIONS, IN_PROGRESS, RESERVE } from '../../packages/service-kit/src/door/create-front-door.ts';
import { count, duration } from './limit-tables.ts';

const { ceiling, floor, targetMs } = IN_PROGRESS;

/** The limits of every service, from the modules that enforce them, as docs/guarantees.md states them. */
export const serviceLimits: Readonly<Record<string, string>> = {
  IN_PROGRESS: `what begins within ${duration(targetMs)}, from ${count(floor)} to ${count(ceiling)}`,
  'CONNECTIONS, RESERVE': `${count(CONNECTIONS)}, and ${RESERVE.reserve} for one request each`,
  headersTimeout: duration(arrivalTimeouts.headersTimeout),
  requestTimeout: duration(arrivalTimeouts.requestTimeout),
};
