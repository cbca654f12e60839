import { describe, expect, it } from 'vitest';
import type { ServiceFault } from '../../../src/chaos/container-fault-injector.ts';
import { checkGridEvidence, type GridEvidence } from '../../../src/chaos/grid/check-grid.ts';
import type { Attempt, DriverLog, Unreachable } from '../../../src/chaos/grid/drivers.ts';
import {
  newIncarnation,
  type SubstationIncarnation,
} from '../../../src/chaos/grid/substation-incarnation.ts';

const ENTRY = 'entry';

type Outcome = Attempt['outcome'];

/** An incarnation with sessions of 7 kW. */
function incarnation(
  substation: string,
  sessions: { vehicle: string; startedAt: number }[],
  startedAt = 0,
): SubstationIncarnation {
  const observed = sessions.map((session, index) => {
    const id = `${substation}~life.${startedAt + index}`;
    return [id, { ...session, id, kw: 7 }] as const;
  });
  const counters = {
    accepted: observed.length,
    acceptedKw: 7 * observed.length,
    capacity: 80,
    highestLoad: 7,
  };
  return { ...newIncarnation(substation, 'life', startedAt), ...counters, sessions: new Map(observed) };
}

function fault(
  service: string,
  kind: ServiceFault['kind'],
  requestedAt: number,
  endedAt = requestedAt + 10,
): ServiceFault {
  return { service, kind, requestedAt, injectedAt: requestedAt + 1, endedAt };
}

/** A driver who sends a request every 10 ms from `from` on. */
function driver(vehicle: string, from: number, ...outcomes: Outcome[]): DriverLog {
  const attempts = outcomes.map((outcome, index) => {
    const sentAt = from + 10 * index;
    return { sentAt, settledAt: sentAt + 5, outcome };
  });
  return { vehicle, kw: 7, attempts, ambiguous: false };
}

const accepted = (sessionId: string, startedAt: number): Outcome => ({
  kind: 'accepted',
  sessionId,
  substationId: sessionId.split('~')[0] ?? '',
  chargeKw: 7,
  durationSeconds: 8,
  startedAt,
});
const rejected: Outcome = { kind: 'rejected', reason: 'Insufficient capacity' };
const abandoned: Outcome = { kind: 'abandoned' };
const unreachable: Unreachable = { kind: 'unreachable', reason: 'ECONNREFUSED' };

function check(evidence: Partial<GridEvidence>) {
  return checkGridEvidence({ drivers: [], incarnations: [], faults: [], entry: ENTRY, ...evidence });
}

describe('checkGridEvidence', () => {
  it('accepts a run in which each vehicle was charged once and its driver informed', () => {
    const incarnations = [incarnation('a', [{ vehicle: 'EV_1', startedAt: 12 }])];
    const drivers = [driver('EV_1', 10, accepted('a~life.0', 12)), driver('EV_2', 20, rejected)];
    expect(check({ incarnations, drivers })).toEqual({
      chargedTwice: [],
      overloaded: [],
      mismatches: [],
      badResponses: [],
    });
  });

  it('finds a vehicle charged at two substations, or twice at one', () => {
    const both = [{ vehicle: 'EV_1', startedAt: 12 }];
    expect(
      check({ incarnations: [incarnation('a', both), incarnation('b', both)] }).chargedTwice,
    ).toHaveLength(1);
    const twice = [...both, { vehicle: 'EV_1', startedAt: 14 }];
    expect(check({ incarnations: [incarnation('a', twice)] }).chargedTwice).toEqual([
      'EV_1 was charged as a~life.0 and as a~life.1',
    ]);
  });

  it('allows a second charge only after the first substation lost its disk', () => {
    const incarnations = [
      incarnation('a', [{ vehicle: 'EV_1', startedAt: 12 }]),
      incarnation('b', [{ vehicle: 'EV_1', startedAt: 30 }]),
    ];
    expect(check({ incarnations, faults: [fault('a', 'wipe', 20)] }).chargedTwice).toEqual([]);
    expect(check({ incarnations, faults: [fault('a', 'wipe', 40)] }).chargedTwice).toHaveLength(1);
    expect(check({ incarnations, faults: [fault('a', 'pause', 20)] }).chargedTwice).toHaveLength(1);
    expect(check({ incarnations, faults: [fault('b', 'wipe', 20)] }).chargedTwice).toHaveLength(1);
    // A kill ends no session.
    expect(check({ incarnations, faults: [fault('a', 'kill', 20)] }).chargedTwice).toHaveLength(1);
  });

  it('finds a load above the capacity', () => {
    const full = { ...incarnation('a', []), highestLoad: 80.1 };
    expect(check({ incarnations: [full] }).overloaded).toEqual(['a: 80.1 kW of 80 kW']);
    const rounded = { ...incarnation('a', []), highestLoad: 80.00000000000006 };
    expect(check({ incarnations: [rounded] }).overloaded).toEqual([]);
  });

  it('compares responses with the counters of surviving incarnations', () => {
    const killed = incarnation('a', [{ vehicle: 'EV_1', startedAt: 12 }]);
    const restarted = incarnation('a', [{ vehicle: 'EV_2', startedAt: 45 }], 40);
    const incarnations = [killed, restarted];
    const faults = [fault('a', 'wipe', 30)];
    const drivers = [driver('EV_2', 44, accepted('a~life.40', 45))];
    expect(check({ incarnations, faults, drivers }).mismatches).toEqual([]);
    expect(check({ incarnations, faults }).mismatches).toEqual([
      'EV_2 was charged as a~life.40, but its driver got no acceptance',
      'a counted 1 charges and 7 kW, drivers 0 and 0 kW',
    ]);
  });

  it('finds an acceptance without a session at the substation', () => {
    const drivers = [driver('EV_1', 10, accepted('a~life.9', 12))];
    expect(check({ incarnations: [incarnation('a', [])], drivers }).mismatches).toHaveLength(1);
  });

  it('excuses an ambiguous driver without a response, but not a second charge', () => {
    const incarnations = [incarnation('a', [{ vehicle: 'EV_1', startedAt: 12 }])];
    const drivers = [{ ...driver('EV_1', 10, unreachable), ambiguous: true }];
    const faults = [fault(ENTRY, 'kill', 11, 30)];
    expect(Object.values(check({ incarnations, drivers, faults })).flat()).toEqual([]);
    const twice = [...incarnations, incarnation('b', [{ vehicle: 'EV_1', startedAt: 13 }])];
    expect(check({ incarnations: twice, drivers, faults }).chargedTwice).toHaveLength(1);
  });

  it('expects a definite response for a driver who left and came back, or could not', () => {
    const incarnations = [incarnation('a', [{ vehicle: 'EV_1', startedAt: 12 }])];
    const back = [driver('EV_1', 10, abandoned, accepted('a~life.0', 12))];
    expect(Object.values(check({ incarnations, drivers: back })).flat()).toEqual([]);
    const gone = [{ ...driver('EV_1', 10, abandoned), ambiguous: true }];
    expect(Object.values(check({ incarnations, drivers: gone })).flat()).toEqual([]);
    expect(Object.values(check({ drivers: gone })).flat()).toEqual([]);
    expect(check({ drivers: [driver('EV_1', 10, abandoned)] }).badResponses).toEqual([
      'EV_1 never got a definite response',
    ]);
    const refused = check({ incarnations, drivers: [driver('EV_1', 10, abandoned, rejected)] });
    expect(refused.mismatches).toContain('EV_1 was charged as a~life.0, but its driver got no acceptance');
  });

  it('does not take a departure for a sign that the entry responds', () => {
    const faults = [fault(ENTRY, 'kill', 20, 30)];
    const drivers = [
      { ...driver('EV_1', 31, abandoned), ambiguous: true },
      driver('EV_2', 40, unreachable, rejected),
    ];
    expect(check({ drivers, faults }).badResponses).toEqual([]);
  });

  it('finds a session that was counted but never observed', () => {
    const unobserved = { ...incarnation('a', []), accepted: 1, acceptedKw: 7 };
    const drivers = [driver('EV_1', 10, accepted('a~life.0', 12))];
    expect(check({ incarnations: [unobserved], drivers }).mismatches).toEqual([
      'a counted 1 charges, but 0 were observed',
    ]);
  });

  it('excuses failed connections from a fault of the entry until it responds again', () => {
    const faults = [fault(ENTRY, 'kill', 20, 30)];
    const inTime = [
      driver('EV_1', 18, unreachable, unreachable, rejected),
      driver('EV_2', 32, unreachable, rejected),
    ];
    expect(check({ drivers: inTime, faults }).badResponses).toEqual([]);
    const late = [...inTime, driver('EV_3', 60, unreachable, rejected)];
    expect(check({ drivers: late, faults }).badResponses).toEqual([
      'EV_3 got no response although the entry was up: ECONNREFUSED',
    ]);
    const early = [driver('EV_4', 5, unreachable, rejected)];
    expect(check({ drivers: early, faults }).badResponses).toHaveLength(1);
  });

  it('accepts an interruption only at a substation that lost its disk', () => {
    const drivers = [driver('EV_1', 10, { kind: 'interrupted', substationId: 'a' })];
    expect(check({ drivers, faults: [fault('a', 'wipe', 5)] }).badResponses).toEqual([]);
    expect(check({ drivers, faults: [fault('a', 'kill', 5)] }).badResponses).toEqual([
      'EV_1 got an interruption at a, which kept its disk',
    ]);
  });

  it('finds unexpected responses and drivers without a definite one', () => {
    const drivers = [
      driver(
        'EV_1',
        10,
        { kind: 'failed', reason: 'HTTP 500', mayBeCharging: true },
        { kind: 'failed', reason: 'Outcome unknown', mayBeCharging: true, retry: { requestId: undefined } },
      ),
    ];
    expect(check({ drivers }).badResponses).toEqual([
      'EV_1 got an unexpected response: HTTP 500',
      'EV_1 never got a definite response',
    ]);
  });
});
