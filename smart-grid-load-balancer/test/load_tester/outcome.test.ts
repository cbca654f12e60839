import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../workload/outcome.ts';

describe('a failed request', () => {
  it.each([
    [503, { error: 'Load balancer unavailable', outcome: 'not charged' }, false],
    [503, { error: 'Load balancer unavailable', outcome: 'unknown' }, true],
    [503, { error: 'No substation available' }, false],
    [504, { error: 'Outcome unknown' }, true],
    [500, '<html>', true],
    [400, { error: 'charge_amount: must be greater than 0' }, false],
  ])('of %d %j may be charging: %s', (status, body, mayBeCharging) => {
    expect(readAnswer(status, body)).toMatchObject({ kind: 'failed', mayBeCharging });
  });
});
