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

  it('adds no actual load up while a substation does not answer', () => {
    const { substations, ...others } = grid(1);
    expect(loadOf({ ...others, substations })).toEqual({ at: 1, actual: 12, believed: 15, capacity: 80 });
    const silent = [...substations, { ...substation, id: 's2', true_load: null }];
    expect(loadOf({ ...others, substations: silent }).actual).toBeNull();
  });
});
