import { VirtualClock } from '@gridclock/simulation-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChargeDecision } from '../../substation_service/charge-decision.ts';
import type { Substation } from '../../substation_service/substation.ts';
import { createSubstation, type SubstationFixture } from '../support/substation.ts';

function startSubstation(fixture: Omit<SubstationFixture, 'now'> = {}) {
  const clock = new VirtualClock();
  const substation = createSubstation({ ...fixture, now: clock.now });
  let sessions = 0;
  const admit = (
    charge_amount: number,
    rest: Partial<Parameters<Substation['admit']>[0]> = {},
  ): ChargeDecision => {
    sessions += 1;
    const request = { vehicle_id: 'EV_1', charge_amount, priority: 'normal' as const, ...rest };
    return substation.admit(request, {
      sessionId: `s1~${sessions}`,
      now: clock.now(),
      durationMs: 10_000,
    });
  };
  return { substation, admit, clock };
}

describe('a substation', () => {
  it('accepts a request that fits and returns the new load', () => {
    const { admit } = startSubstation();
    expect(admit(22)).toEqual({
      kind: 'accepted',
      response: {
        status: 'accepted',
        session_id: 's1~1',
        substation_id: 's1',
        vehicle_id: 'EV_1',
        charge_amount: 22,
        estimated_duration: 10,
        start_time: '1970-01-01T00:00:00.000Z',
        current_load: 22,
        max_capacity: 100,
      },
    });
  });

  it('rejects a request that does not fit and returns the available capacity', () => {
    const { admit, substation } = startSubstation();
    admit(90);
    expect(admit(11)).toEqual({
      kind: 'full',
      refusal: {
        error: 'Insufficient capacity',
        current_load: 90,
        max_capacity: 100,
        available_capacity: 10,
      },
    });
    expect(substation.load).toBe(90);
    expect(admit(10).kind).toBe('accepted');
  });

  it('fills up to the last milliwatt despite floating-point fractions', () => {
    const { admit, substation } = startSubstation({ maxCapacity: 0.3 });
    expect(admit(0.1).kind).toBe('accepted');
    expect(admit(0.2).kind).toBe('accepted');
    expect(substation.load).toBe(0.3);
  });

  it('counts at least one milliwatt for the smallest request', () => {
    const { admit, substation } = startSubstation();
    admit(1e-300);
    expect(substation.load).toBe(0.000001);
  });

  it('keeps the reserve for high priority', () => {
    const { admit } = startSubstation({ highPriorityReserve: 30 });
    expect(admit(71)).toMatchObject({ kind: 'full', refusal: { available_capacity: 70 } });
    expect(admit(70).kind).toBe('accepted');
    expect(admit(1)).toMatchObject({ kind: 'full', refusal: { available_capacity: 0 } });
    expect(admit(30, { priority: 'high' }).kind).toBe('accepted');
    expect(admit(1)).toMatchObject({ kind: 'full', refusal: { current_load: 100, available_capacity: 0 } });
  });

  it('rejects new sessions while draining and keeps running ones', () => {
    const { admit, substation } = startSubstation();
    admit(22);
    substation.drain();
    expect(admit(1)).toEqual({ kind: 'draining' });
    expect(substation.activeSessions).toBe(1);
  });

  it('never exceeds its capacity and has load 0 once all sessions have ended', () => {
    const amount = fc.double({ min: 1e-9, max: 150, noNaN: true });
    const step = fc.oneof(
      fc.record({ admit: amount, priority: fc.constantFrom('low', 'normal', 'high') }),
      fc.record({ end: fc.nat(30) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), amount, fc.boolean(), (steps, maxCapacity, half) => {
        const highPriorityReserve = half ? maxCapacity / 2 : 0;
        const { admit, substation } = startSubstation({ maxCapacity, highPriorityReserve });
        const running: string[] = [];
        for (const drawn of steps) {
          if ('end' in drawn) {
            const [ended] = running.splice(drawn.end, 1);
            if (ended !== undefined) substation.end(ended, 0);
          } else {
            const decision = admit(drawn.admit, { priority: drawn.priority });
            if (decision.kind === 'accepted') running.push(decision.response.session_id);
          }
          expect(substation.load).toBeLessThanOrEqual(substation.capacity);
          expect(substation.activeSessions).toBe(running.length);
        }
        for (const id of running) substation.end(id, 0);
        expect(substation.load).toBe(0);
      }),
    );
  });
});

describe('a session', () => {
  it('reports its remaining time and releases its load once', () => {
    const { admit, substation } = startSubstation();
    admit(22);
    expect(substation.session('s1~1', 4000)).toMatchObject({ remaining_time: 6, charge_amount: 22 });
    expect(substation.end('s1~1', 4000)).toMatchObject({ session_id: 's1~1', remaining_time: 6 });
    expect(substation.end('s1~1', 4000)).toBeUndefined();
    expect(substation.load).toBe(0);
  });
});

describe('a repeated request', () => {
  const first = { request_id: 'r1', dispatch: { round: 1, attempt: 1 } };
  const again = { request_id: 'r1', dispatch: { round: 1, attempt: 2 } };

  it('gets the original response and charges once', () => {
    const { admit, substation } = startSubstation();
    const first = admit(22, { request_id: 'r1' });
    if (first.kind !== 'accepted') expect.unreachable();
    expect(admit(22, { request_id: 'r1' })).toEqual({ kind: 'replayed', response: first.response });
    expect(substation.load).toBe(22);
  });

  it('is remembered during the session, for a while after it, and while draining', () => {
    const { admit, substation, clock } = startSubstation();
    admit(22, { request_id: 'r1' });
    clock.advance(600_000);
    expect(admit(22, { request_id: 'r1' }).kind).toBe('replayed');
    substation.end('s1~1', 600_000);
    substation.drain();
    clock.advance(59_000);
    expect(admit(22, { request_id: 'r1' }).kind).toBe('replayed');
    clock.advance(2_000);
    expect(admit(22, { request_id: 'r1' }).kind).toBe('draining');
  });

  it.each([{ vehicle_id: 'EV_2' }, { charge_amount: 23 }, { priority: 'high' as const }])(
    'is a conflict if it differs: %j',
    (difference) => {
      const { admit, substation } = startSubstation();
      admit(22, { request_id: 'r1' });
      expect(admit(22, { request_id: 'r1', ...difference })).toEqual({ kind: 'conflict' });
      expect(substation.load).toBe(22);
    },
  );

  it('may be accepted after a rejection if its dispatch order is later', () => {
    const { admit, substation } = startSubstation();
    admit(90);
    expect(admit(22, first).kind).toBe('full');
    substation.end('s1~1', 0);
    expect(admit(22, again).kind).toBe('accepted');
  });

  it('is superseded once this or a later message has been rejected', () => {
    const { admit, substation } = startSubstation();
    admit(90);
    expect(admit(22, again).kind).toBe('full');
    substation.end('s1~1', 0);
    expect(admit(22, again)).toEqual({ kind: 'superseded' });
    expect(admit(22, first)).toEqual({ kind: 'superseded' });
    expect(substation.load).toBe(0);
  });

  it('stays superseded after a lookup with an earlier order', () => {
    const { admit, substation } = startSubstation();
    admit(90);
    admit(22, again);
    substation.end('s1~1', 0);
    substation.lookup({ request_id: 'r1', dispatch: { round: 1, attempt: 0 } });
    expect(admit(22, again)).toEqual({ kind: 'superseded' });
  });

  it('is found by a lookup', () => {
    const { admit, substation } = startSubstation();
    admit(22, first);
    const lookup = { request_id: 'r1', dispatch: { round: 2, attempt: 0 } };
    expect(substation.lookup(lookup)).toMatchObject({ session_id: 's1~1' });
  });

  it('is superseded if a later lookup did not find it', () => {
    const { admit, substation } = startSubstation();
    expect(substation.lookup({ request_id: 'r1', dispatch: { round: 2, attempt: 0 } })).toBeUndefined();
    expect(admit(22, first)).toEqual({ kind: 'superseded' });
    expect(admit(22, { request_id: 'r1', dispatch: { round: 2, attempt: 1 } }).kind).toBe('accepted');
  });

  it('is remembered while its session runs, however many others have ended', () => {
    const { admit, substation } = startSubstation({ limit: 3 });
    admit(1, { request_id: 'kept' });
    for (let index = 2; index < 10; index += 1) {
      admit(1, { request_id: `r${index}` });
      substation.end(`s1~${index}`, 0);
    }
    expect(admit(1, { request_id: 'kept' }).kind).toBe('replayed');
    expect(admit(1, { request_id: 'r9' }).kind).toBe('replayed');
    expect(admit(1, { request_id: 'r2' }).kind).toBe('accepted');
  });
});
