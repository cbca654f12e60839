import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunningSession } from '../../substation_service/session-records.ts';
import { remainingMs, SessionTable } from '../../substation_service/session-table.ts';
import { RecordedSubstation } from '../support/recorded-substation.ts';

const session = (kw: number, startedAt: number, endsAt: number): RunningSession => ({
  request: { vehicle_id: 'EV_1', charge_amount: kw, priority: 'normal' },
  response: {
    status: 'accepted',
    session_id: 's1~1',
    substation_id: 's1',
    vehicle_id: 'EV_1',
    charge_amount: kw,
    estimated_duration: (endsAt - startedAt) / 1_000,
    start_time: '',
    current_load: kw,
    max_capacity: 100,
  },
  startedAt,
  endsAt,
});

describe('SessionTable', () => {
  it('counts the energy of each session that ends, to the watt-second', () => {
    const table = new SessionTable();
    table.start('completed', session(7, 0, 8_123));
    table.start('stopped', session(11, 1_000, 11_000));
    table.start('withdrawn', session(22, 0, 10_000));
    expect(table.load).toBe(40e6);
    // 7 kW for 8.123 s, also when its timer is late.
    expect(table.end('completed', 'completed', 9_000)?.energy).toBe(56_861);
    expect(table.end('stopped', 'stopped', 3_500)?.energy).toBe(27_500);
    expect(table.end('withdrawn', 'withdrawn', 5_000)?.energy).toBe(0);
    expect(table.load).toBe(0);
    expect(table.totals).toEqual({
      accepted: 3,
      acceptedPower: 40e6,
      energy: 84_361,
      ended: { completed: 1, stopped: 1, withdrawn: 1 },
    });
  });

  it('keeps the time that sessions have left when the wall clock is set', () => {
    const table = new SessionTable();
    table.start('a', session(7, 1_000, 11_000));
    table.shift(-500);
    const shifted = table.get('a');
    expect(shifted && remainingMs(shifted, 3_500)).toBe(7_000);
  });

  it('never extends a session beyond its duration', () => {
    expect(remainingMs(session(7, 1_000, 11_000), -50_000)).toBe(10_000);
    expect(remainingMs(session(7, 1_000, 11_000), 50_000)).toBe(0);
  });
});

const step = fc.oneof(
  fc.record({ charge: fc.nat(5), kw: fc.constantFrom(7, 22, 0.1), seconds: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ stop: fc.nat(5) }),
  fc.record({ wait: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ lookUp: fc.nat(5), round: fc.nat(3) }),
);

describe('a substation that restarts', () => {
  it('equals one that never stopped, whenever it was killed and however long it was down', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.boolean()), { maxLength: 30 }), (steps) => {
        const steady = new RecordedSubstation();
        const restarted = new RecordedSubstation();
        for (const [drawn, restart] of steps) {
          steady.take(drawn);
          // Down while the other one waits.
          if (restart && 'wait' in drawn) restarted.skip(drawn.wait);
          else restarted.take(drawn);
          if (restart) restarted.restart();
          expect(restarted.state()).toEqual(steady.state());
        }
      }),
    );
  });
});
