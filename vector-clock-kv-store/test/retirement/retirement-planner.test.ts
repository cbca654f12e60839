import { describe, expect, it } from 'vitest';
import { Retirements } from '../../src/causality/retirements.ts';
import type { VectorClock } from '../../src/causality/vector-clock.ts';
import {
  type ClusterView,
  type MemberReport,
  RetirementPlanner,
} from '../../src/retirement/retirement-planner.ts';

function report(name: string, clock: VectorClock, changes: Partial<MemberReport> = {}): MemberReport {
  return { name, id: name, status: 'ok', clock, heardOf: clock, ...changes };
}

/** `node2` has lost its data: it is `node2~1` now, and all members have its old write. */
const all: VectorClock = { node1: 4, node2: 1, 'node2~1': 2 };

function view(changes: Partial<ClusterView> = {}): ClusterView {
  return {
    self: report('node1', all),
    others: [report('node2', all, { id: 'node2~1' }), report('node3', all)],
    retired: Retirements.none,
    ...changes,
  };
}

/** The ids due after the cluster has looked like each view for 1 s. */
function dueAfter(...views: ClusterView[]): string[] {
  const planner = new RetirementPlanner(1_000);
  return views
    .flatMap((seen, index) => [planner.due(seen, index * 1_000), planner.due(seen, index * 1_000 + 999)])
    .flat();
}

describe('RetirementPlanner', () => {
  it('retires an id that no member uses, once it has been so for the delay', () => {
    const planner = new RetirementPlanner(1_000);
    expect(planner.due(view(), 0)).toEqual([]);
    expect(planner.due(view(), 999)).toEqual([]);
    expect(planner.due(view(), 1_000)).toEqual(['node2']);
  });

  it('waits for a member that lacks a write of the id', () => {
    const behind = report('node3', { node1: 4, 'node2~1': 2 });
    const seen = view({ others: [report('node2', all, { id: 'node2~1' }), behind] });
    expect(dueAfter(seen, seen, seen)).toEqual([]);
  });

  it('waits while a member has heard of a later write of the id', () => {
    const later = report('node3', all, { heardOf: { ...all, node2: 2 } });
    const seen = view({ others: [report('node2', all, { id: 'node2~1' }), later] });
    expect(dueAfter(seen, seen, seen)).toEqual([]);
  });

  it('waits for a member that is silent or cannot retire ids', () => {
    const seen = view({ others: [report('node2', all, { id: 'node2~1' }), undefined] });
    expect(dueAfter(seen, seen, seen)).toEqual([]);
  });

  it('starts the delay again when the id was used or grew meanwhile', () => {
    const used = view({ others: [report('node2', all), report('node3', all)] });
    expect(dueAfter(view(), used, view())).toEqual([]);
    const grown = { ...all, node2: 2 };
    const more = view({
      self: report('node1', grown),
      others: [report('node2', grown, { id: 'node2~1' }), report('node3', grown)],
    });
    expect(dueAfter(view(), more)).toEqual([]);
  });

  it('does not wait for the writes of a member that is starting', () => {
    const starting = report('node3', {}, { id: 'node3~1', status: 'starting' });
    const seen = view({ others: [report('node2', all, { id: 'node2~1' }), starting] });
    expect(dueAfter(seen, seen)).toContain('node2');
  });

  it('retires the ids of removed members', () => {
    const clock = { ...all, node9: 7 };
    const seen = view({ self: report('node1', clock), others: [report('node2', clock, { id: 'node2~1' })] });
    expect(dueAfter(seen, seen)).toEqual(expect.arrayContaining(['node2', 'node9']));
  });

  it('leaves it to the first serving member by name', () => {
    const [self, other] = [report('node3', all), report('node2', all, { id: 'node2~1' })];
    const first = report('node1', all);
    const seen = view({ self, others: [first, other] });
    expect(dueAfter(seen, seen)).toEqual([]);
    const catchingUp = { ...first, status: 'catching-up' };
    const last = view({ self, others: [catchingUp, { ...other, status: 'catching-up' }] });
    expect(dueAfter(last, last)).toContain('node2');
  });

  it('ignores ids that are retired already', () => {
    const dot = { node: 'node1', counter: 4 };
    const seen = view({ retired: Retirements.none.with([{ dot, finals: { node2: 1 } }]) });
    expect(dueAfter(seen, seen)).toEqual([]);
  });

  it('retires at most 200 ids at once', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`node2~${index}`, 1]));
    const planner = new RetirementPlanner(1_000);
    const seen = view({ self: report('node1', many), others: [] });
    planner.due(seen, 0);
    expect(planner.due(seen, 1_000)).toHaveLength(200);
  });
});
