import type { LiveGrid } from '@gridclock/grid-protocol/live';
import { describe, expect, it } from 'vitest';
import { afterServerEvent, emptyModel, loadOf } from '../../live_page/model.ts';

const substation = {
  id: 's1',
  polled_load: 10,
  own_dispatches: 5,
  load: 15,
  capacity: 80,
  health: 'up' as const,
  view_age_ms: 3,
  true_load: 12,
};

function grid(at: number, ...seqs: number[]): LiveGrid {
  const common = { amount: 1, priority: 'normal' as const, outcome: 'full', policy: 'random' };
  return {
    at,
    policy: 'random',
    policies: [],
    substations: [substation],
    omitted_substations: 0,
    sessions: [],
    omitted_sessions: 0,
    sessions_unknown: [],
    outcomes: {},
    decisions: seqs.map((seq) => ({ seq, at, ...common, candidates: [], omitted: 0, asked: [] })),
  };
}

const event = (data: object, name = 'grid') => ({ event: name, data: JSON.stringify(data) });

describe('the model of the live page', () => {
  it('keeps each decision once, newest first', () => {
    const first = afterServerEvent(emptyModel, event(grid(1, 1, 2)));
    const { decisions } = afterServerEvent(first, event(grid(2, 2, 3)));
    expect(decisions.map(({ seq }) => seq)).toEqual([3, 2, 1]);
  });

  it('forgets loads after some minutes', () => {
    let model = emptyModel;
    for (let second = 0; second < 1_000; second += 1)
      model = afterServerEvent(model, event(grid(second * 1_000)));
    expect(model.history).toHaveLength(300);
  });

  it('keeps the last figures when the balancer is lost, and says why', () => {
    const before = afterServerEvent(emptyModel, event(grid(1)));
    const lost = afterServerEvent(before, event({ reason: 'ECONNREFUSED' }, 'unreachable'));
    expect(lost).toMatchObject({ problem: 'ECONNREFUSED', grid: { at: 1 } });
    expect(afterServerEvent(lost, event(grid(2))).problem).toBeUndefined();
  });

  it('counts substations that do not answer neither as load nor for the bound', () => {
    const { substations, ...others } = grid(1);
    expect(loadOf({ ...others, substations }, 0)).toEqual({
      at: 1,
      actual: 12,
      believed: 15,
      bound: 12,
      capacity: 80,
    });
    const silent = [...substations, { ...substation, id: 's2', true_load: null }];
    expect(loadOf({ ...others, substations: silent }, 100)).toMatchObject({
      actual: 12,
      bound: 80,
      capacity: 160,
    });
    expect(loadOf({ ...others, substations: silent.slice(1) }, 0)).toMatchObject({
      actual: null,
      bound: null,
    });
  });

  it('is bounded by what was asked for, and by capacity', () => {
    expect(loadOf(grid(1), 30).bound).toBe(42);
    expect(loadOf(grid(1), 300).bound).toBe(80);
  });
});
