import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestMemory } from '../../substation_service/request-memory.ts';
import { type Admission, Substation } from '../../substation_service/substation.ts';

type Overrides = { maxCapacity?: number; highPriorityReserve?: number; limit?: number };

function substationWith({ maxCapacity = 100, highPriorityReserve = 0, limit = 1000 }: Overrides = {}) {
  let now = 0;
  let sessions = 0;
  const memory = new RequestMemory({ rememberMs: 60_000, limit, now: () => now });
  const substation = new Substation({ id: 's1', maxCapacity, highPriorityReserve, memory });
  const admit = (
    charge_amount: number,
    rest: Partial<Parameters<Substation['admit']>[0]> = {},
  ): Admission => {
    sessions += 1;
    const request = { vehicle_id: 'EV_1', charge_amount, priority: 'normal' as const, ...rest };
    return substation.admit(request, { sessionId: `s1~${sessions}`, now, durationMs: 10_000 });
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { substation, admit, pass };
}

describe('a substation', () => {
  it('accepts what fits and says what it then draws', () => {
    const { admit } = substationWith();
    expect(admit(22)).toEqual({
      kind: 'accepted',
      answer: {
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

  it('refuses what does not fit, and says what would have', () => {
    const { admit, substation } = substationWith();
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

  it('fills to the last milliwatt where fractions of a kW would round', () => {
    const { admit, substation } = substationWith({ maxCapacity: 0.3 });
    expect(admit(0.1).kind).toBe('accepted');
    expect(admit(0.2).kind).toBe('accepted');
    expect(substation.load).toBe(0.3);
  });

  it('charges nothing for free, however little is asked for', () => {
    const { admit, substation } = substationWith();
    admit(1e-300);
    expect(substation.load).toBe(0.000001);
  });

  it('leaves the reserve to high priority', () => {
    const { admit } = substationWith({ highPriorityReserve: 30 });
    expect(admit(71)).toMatchObject({ kind: 'full', refusal: { available_capacity: 70 } });
    expect(admit(70).kind).toBe('accepted');
    expect(admit(1)).toMatchObject({ kind: 'full', refusal: { available_capacity: 0 } });
    expect(admit(30, { priority: 'high' }).kind).toBe('accepted');
    expect(admit(1)).toMatchObject({ kind: 'full', refusal: { current_load: 100, available_capacity: 0 } });
  });

  it('takes nothing new once it drains, and lets running sessions go on', () => {
    const { admit, substation } = substationWith();
    admit(22);
    substation.drain();
    expect(admit(1)).toEqual({ kind: 'draining' });
    expect(substation.activeSessions).toBe(1);
  });

  it('never exceeds its capacity and is at exactly 0 once all sessions have ended', () => {
    const amount = fc.double({ min: 1e-9, max: 150, noNaN: true });
    const step = fc.oneof(
      fc.record({ admit: amount, priority: fc.constantFrom('low', 'normal', 'high') }),
      fc.record({ end: fc.nat(30) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), amount, fc.boolean(), (steps, maxCapacity, half) => {
        const highPriorityReserve = half ? maxCapacity / 2 : 0;
        const { admit, substation } = substationWith({ maxCapacity, highPriorityReserve });
        const running: string[] = [];
        for (const drawn of steps) {
          if ('end' in drawn) {
            const [ended] = running.splice(drawn.end, 1);
            if (ended !== undefined) substation.end(ended, 0);
          } else {
            const admission = admit(drawn.admit, { priority: drawn.priority });
            if (admission.kind === 'accepted') running.push(admission.answer.session_id);
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
  it('tells the time that remains and gives its load back once, when it ends', () => {
    const { admit, substation } = substationWith();
    admit(22);
    expect(substation.session('s1~1', 4000)).toMatchObject({ remaining_time: 6, charge_amount: 22 });
    expect(substation.end('s1~1', 4000)).toMatchObject({ session_id: 's1~1', remaining_time: 6 });
    expect(substation.end('s1~1', 4000)).toBeUndefined();
    expect(substation.load).toBe(0);
  });
});

describe('a request that is asked again', () => {
  const first = { request_id: 'r1', dispatch: { round: 1, attempt: 1 } };
  const again = { request_id: 'r1', dispatch: { round: 1, attempt: 2 } };

  it('gets the same answer and charges once', () => {
    const { admit, substation } = substationWith();
    const answer = admit(22, { request_id: 'r1' });
    if (answer.kind !== 'accepted') expect.unreachable();
    expect(admit(22, { request_id: 'r1' })).toEqual({ kind: 'replayed', answer: answer.answer });
    expect(substation.load).toBe(22);
  });

  it('gets it while the session runs, for a time after it, and while the substation drains', () => {
    const { admit, substation, pass } = substationWith();
    admit(22, { request_id: 'r1' });
    pass(600_000);
    expect(admit(22, { request_id: 'r1' }).kind).toBe('replayed');
    substation.end('s1~1', 600_000);
    substation.drain();
    pass(59_000);
    expect(admit(22, { request_id: 'r1' }).kind).toBe('replayed');
    pass(2_000);
    expect(admit(22, { request_id: 'r1' }).kind).toBe('draining');
  });

  it.each([{ vehicle_id: 'EV_2' }, { charge_amount: 23 }, { priority: 'high' as const }])(
    'is a conflict where it differs: %j',
    (difference) => {
      const { admit, substation } = substationWith();
      admit(22, { request_id: 'r1' });
      expect(admit(22, { request_id: 'r1', ...difference })).toEqual({ kind: 'conflict' });
      expect(substation.load).toBe(22);
    },
  );

  it('may be accepted later when it was refused before', () => {
    const { admit, substation } = substationWith();
    admit(90);
    expect(admit(22, first).kind).toBe('full');
    substation.end('s1~1', 0);
    expect(admit(22, again).kind).toBe('accepted');
  });

  it('is too late when it, or a message that was sent after it, has been refused', () => {
    const { admit, substation } = substationWith();
    admit(90);
    expect(admit(22, again).kind).toBe('full');
    substation.end('s1~1', 0);
    expect(admit(22, again)).toEqual({ kind: 'superseded' });
    expect(admit(22, first)).toEqual({ kind: 'superseded' });
    expect(substation.load).toBe(0);
  });

  it('stays too late when an older question comes after the refusal', () => {
    const { admit, substation } = substationWith();
    admit(90);
    admit(22, again);
    substation.end('s1~1', 0);
    substation.lookup({ request_id: 'r1', dispatch: { round: 1, attempt: 0 } });
    expect(admit(22, again)).toEqual({ kind: 'superseded' });
  });

  it('is found by whoever looks for it', () => {
    const { admit, substation } = substationWith();
    admit(22, first);
    const lookup = { request_id: 'r1', dispatch: { round: 2, attempt: 0 } };
    expect(substation.lookup(lookup)).toMatchObject({ session_id: 's1~1' });
  });

  it('is too late when the substation has said meanwhile that it does not know it', () => {
    const { admit, substation } = substationWith();
    expect(substation.lookup({ request_id: 'r1', dispatch: { round: 2, attempt: 0 } })).toBeUndefined();
    expect(admit(22, first)).toEqual({ kind: 'superseded' });
    expect(admit(22, { request_id: 'r1', dispatch: { round: 2, attempt: 1 } }).kind).toBe('accepted');
  });

  it('is remembered for running sessions however many others have ended', () => {
    const { admit, substation } = substationWith({ limit: 3 });
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
