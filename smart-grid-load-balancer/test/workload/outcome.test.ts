import { describe, expect, it } from 'vitest';
import { classifyResponse } from '../../workload/outcome.ts';

const acceptance = {
  status: 'accepted',
  session_id: 'session-7',
  substation_id: 'substation_1',
  vehicle_id: 'EV_1000',
  charge_amount: 22,
  estimated_duration: 9.84,
  start_time: '2026-01-01T00:00:00.000Z',
  current_load: 22,
  max_capacity: 100,
};

describe('the response to a charge request', () => {
  it('is accepted with a 200 that names the session', () => {
    expect(classifyResponse(200, acceptance)).toEqual({
      kind: 'accepted',
      sessionId: 'session-7',
      substationId: 'substation_1',
      chargeKw: 22,
      durationSeconds: 9.84,
      startedAt: Date.UTC(2026, 0, 1),
    });
  });

  it('is failed with a 200 that names no session, and the vehicle may be charging', () => {
    expect(classifyResponse(200, { ...acceptance, session_id: undefined })).toEqual({
      kind: 'failed',
      reason:
        'HTTP 200 without a valid acceptance: session_id: Invalid input: expected string, received undefined',
      mayBeCharging: true,
    });
  });

  it.each([
    [503, 'Insufficient capacity', {}],
    [422, 'charge_amount: is larger than every substation', { cause: 'too-large' }],
  ])('is rejected with %d %s', (status, reason, cause) => {
    expect(classifyResponse(status, { error: reason })).toEqual({ kind: 'rejected', reason, ...cause });
  });

  it.each([
    [503, 'Capacity unknown', 'capacity-unknown'],
    [410, 'Session interrupted', 'session-interrupted'],
  ])('is failed with %d %s, which is counted separately', (status, error, cause) => {
    const failure = classifyResponse(status, { error });
    expect(failure).toMatchObject({ kind: 'failed', cause, mayBeCharging: false });
    expect(classifyResponse(500, { error })).not.toHaveProperty('cause');
  });

  it.each([
    [503, { error: 'Load balancer unavailable', outcome: 'not charged' }, false],
    [503, { error: 'Load balancer unavailable', outcome: 'unknown' }, true],
    [503, { error: 'No substation available' }, false],
    [503, { error: 'Capacity unknown' }, false],
    [503, { error: 'Deadline exceeded' }, false],
    [503, { error: 'Storage unavailable', outcome: 'not charged' }, false],
    [503, { error: 'Storage unavailable', outcome: 'unknown' }, true],
    [503, { error: 'Overloaded' }, false],
    [504, { error: 'Outcome unknown' }, true],
    [500, '<html>', true],
    [400, { error: 'charge_amount: must be greater than 0' }, false],
  ])('is failed with %d %j; the vehicle may be charging: %s', (status, body, mayBeCharging) => {
    expect(classifyResponse(status, body)).toMatchObject({ kind: 'failed', mayBeCharging });
  });

  it.each([
    [503, { error: 'No substation available' }, undefined],
    [503, { error: 'Load balancer unavailable', request_id: 'r-1' }, 'r-1'],
    [503, { error: 'Capacity unknown', request_id: 'r-3' }, 'r-3'],
    [503, { error: 'Storage unavailable', request_id: 'r-4' }, 'r-4'],
    [503, { error: 'Overloaded', request_id: 'r-5' }, 'r-5'],
    [504, { error: 'Outcome unknown', request_id: 'r-2' }, 'r-2'],
  ])('asks for a retry with %d %j, under the id %s', (status, body, requestId) => {
    expect(classifyResponse(status, body)).toMatchObject({ kind: 'failed', retry: { requestId } });
  });

  it.each([
    [500, { error: 'Outcome unknown' }],
    [500, '<html>'],
    [504, { error: 'Load balancer unavailable' }],
    [503, { error: 'Outcome unknown' }],
    [503, 'a page'],
    [200, { status: 'accepted' }],
    [409, { error: 'Superseded' }],
    [400, { error: 'charge_amount: must be greater than 0' }],
  ])('asks for no retry with %d %j', (status, body) => {
    expect(classifyResponse(status, body)).not.toHaveProperty('retry');
  });
});
