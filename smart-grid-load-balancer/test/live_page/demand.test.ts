import type { Decision } from '@gridclock/grid-protocol/live';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptedShare,
  noDemands,
  refusedLoad,
  withDecisions,
  withSessions,
} from '../../live_page/demand.ts';

let seq = 0;

function decision(change: Partial<Decision>): Decision {
  return {
    seq: ++seq,
    at: 0,
    amount: 22,
    priority: 'normal',
    outcome: 'accepted',
    policy: 'least-load',
    candidates: [{ id: 's1', load: 0, capacity: 80, fits: true }],
    omitted: 0,
    asked: ['s1'],
    ...change,
  };
}

const accepted = (change: Partial<Decision> = {}) => decision({ duration_s: 10, ...change });
const refused = (change: Partial<Decision> = {}) => decision({ outcome: 'full', ...change });

describe('the demand on the grid', () => {
  it('counts a refused request for as long as its session would usually last', () => {
    const demands = withDecisions(noDemands, [accepted({ duration_s: 20 }), refused()], 0);
    expect([0, 19_999, 20_000].map((at) => refusedLoad(demands, at))).toEqual([22, 22, 0]);
  });

  it('lets sessions of high priority last 0.7 times as long, of low priority 1.3 times', () => {
    const list = [accepted({ duration_s: 7, priority: 'high' }), refused({ priority: 'low' })];
    const demands = withDecisions(noDemands, list, 0);
    expect([12_999, 13_001].map((at) => refusedLoad(demands, at))).toEqual([22, 0]);
  });

  it.each(['too-large', 'withdrawn', 'invalid', 'unknown'])('leaves out what is %s', (outcome) => {
    const demands = withDecisions(noDemands, [refused({ outcome })], 0);
    expect(refusedLoad(demands, 0)).toBe(0);
    expect(acceptedShare(demands, [80])).toBeUndefined();
  });

  it('knows the share of what any routing could have accepted', () => {
    const demands = withDecisions(
      noDemands,
      [accepted({ amount: 60 }), refused({ amount: 40, at: 1_000 })],
      0,
    );
    // Of 100 kW asked for at a time, a grid of 80 kW could have accepted 80.
    expect(acceptedShare(demands, [80])).toBeCloseTo(0.75);
    expect(acceptedShare(demands, [100])).toBeCloseTo(0.6);
  });

  it('counts sessions that ran before the page opened, and no repeated request', () => {
    const session = {
      substation_id: 's1',
      charge_amount: 60,
      priority: 'normal',
      remaining_time: 5,
    } as const;
    const grid = { at: 0, sessions: [session] };
    const rest = {
      policy: '',
      policies: [],
      substations: [],
      omitted_substations: 0,
      omitted_sessions: 0,
      sessions_unknown: [],
      outcomes: {},
      decisions: [],
    };
    const running = withSessions(noDemands, { ...rest, at: grid.at, sessions: grid.sessions });
    expect(running.list).toHaveLength(1);
    expect(withDecisions(running, [accepted({ candidates: [] })], 0).list).toHaveLength(1);
    expect(withDecisions(running, [], 5_000).list).toEqual([]);
  });

  it('never exceeds the whole', () => {
    const kw = fc.integer({ min: 1, max: 80 });
    const one = fc.record({
      amount: kw,
      at: fc.nat(10_000),
      duration_s: fc.nat(20),
      isAccepted: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one), (list) => {
        const decisions = list.map(({ isAccepted, ...change }) =>
          isAccepted ? accepted(change) : refused(change),
        );
        const share = acceptedShare(withDecisions(noDemands, decisions, -1), [80, 100]) ?? 0;
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }),
    );
  });
});
