import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../src/chaos/grid/drivers.ts';

const accepted = {
  status: 'accepted',
  session_id: 'substation_1~x',
  substation_id: 'substation_1',
  vehicle_id: 'EV_1',
  charge_amount: 7,
  estimated_duration: 8,
  start_time: '1970-01-01T00:00:01.000Z',
  current_load: 7,
  max_capacity: 80,
};

describe('what a driver makes of an answer', () => {
  it('knows a charge, a full grid, and what is not settled', () => {
    expect(readAnswer(200, accepted)).toEqual({
      kind: 'charged',
      session: 'substation_1~x',
      kw: 7,
      startedAt: 1_000,
    });
    expect(readAnswer(503, { error: 'Insufficient capacity' })).toEqual({ kind: 'full' });
    expect(readAnswer(503, { error: 'Load balancer unavailable' }).kind).toBe('again');
    expect(readAnswer(503, { error: 'No substation available' }).kind).toBe('again');
    expect(readAnswer(504, { error: 'Outcome unknown', request_id: 'r1' })).toEqual({
      kind: 'again',
      reason: 'Outcome unknown',
      requestId: 'r1',
    });
  });

  it.each([
    [500, { error: 'Internal server error' }],
    [504, { error: 'Load balancer unavailable' }],
    [503, { error: 'Outcome unknown' }],
    [503, 'a page'],
    [200, { status: 'accepted' }],
    [409, { error: 'Superseded' }],
  ])('takes anything else for odd: %i %j', (status, body) => {
    expect(readAnswer(status, body).kind).toBe('odd');
  });
});
