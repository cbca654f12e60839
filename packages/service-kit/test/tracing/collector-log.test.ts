import { expect, it } from 'vitest';
import { createLogger } from '../../src/process/logger.ts';
import { collectorLog } from '../../src/tracing/collector-log.ts';

/** Returns the reasons that are logged for reports of the SDK, a minute apart. */
function reasonsFor(...reports: string[]): unknown[] {
  const logger = createLogger('test', 'silent');
  const reasons: unknown[] = [];
  logger.warn = (fields: unknown) => reasons.push(Object(fields).reason);
  let now = 0;
  const log = collectorLog(logger, () => now);
  for (const report of reports) {
    log.error(report);
    now += 60_000;
  }
  return reasons;
}

it('logs the message of an error that the SDK reports as JSON, not its stack', () => {
  const [stack, message] = ['Error: connect ECONNREFUSED\n    at TCPConnectWrap', 'connect ECONNREFUSED'];
  expect(reasonsFor(JSON.stringify({ stack, message, errno: '-111', code: 'ECONNREFUSED' }))).toEqual([
    'connect ECONNREFUSED, ECONNREFUSED',
  ]);
  expect(reasonsFor(JSON.stringify({ stack, message: 'Not Found', code: '404' }))).toEqual([
    'Not Found, 404',
  ]);
});

it('logs other reports as they are', () => {
  const reports = ['Dropped 5 spans because maxQueueSize reached', '7', '{"no":"message"}'];
  expect(reasonsFor(...reports)).toEqual(reports);
});
