import { describe, expect, it } from 'vitest';
import type { VectorClock } from '../../../src/causality/vector-clock.ts';
import type { Version } from '../../../src/causality/versions.ts';
import { checkRun, type FinalState } from '../../../src/verification/history/check-run.ts';
import { findingsOf } from '../../../src/verification/history/findings.ts';
import type { History } from '../../../src/verification/history/history.ts';

const first = { sender: 'a', value: 'one#1', vc: { a: 1 } };
const second = { sender: 'b', value: 'two#1', vc: { a: 1, b: 1 } };

function write(value: string, vc: VectorClock) {
  return { kind: 'write', key: 'x', value, vc } as const;
}

/** One session wrote x, and another one wrote it again, having seen that. */
const history: History = {
  sessions: [
    { name: 'one', operations: [write('one#1', { a: 1 })] },
    {
      name: 'two',
      operations: [{ kind: 'read', key: 'x', value: 'one#1', vc: { a: 1 } }, write('two#1', { a: 1, b: 1 })],
    },
  ],
};

function final(node: string, versions: readonly Version[], clock: VectorClock = { a: 1, b: 1 }): FinalState {
  return { node, clock, versions: new Map([['x', versions]]) };
}

function findings(judged: History, ...finals: FinalState[]): string[] {
  return findingsOf(checkRun(judged, finals));
}

describe('the judgement of a run', () => {
  it('finds nothing where every node ends with the newest write', () => {
    expect(findings(history, final('a', [second]), final('b', [second]))).toEqual([]);
  });

  it('counts what was acknowledged, read, and left open', () => {
    const open: History = {
      sessions: [
        ...history.sessions,
        { name: 'three', operations: [{ kind: 'write', key: 'x', value: 'three#1', status: 'unknown' }] },
      ],
    };
    expect(checkRun(open, [final('a', [second])])).toMatchObject({ acknowledged: 2, reads: 1, unknown: 1 });
  });

  it('finds an acknowledged write lost that a node does not count', () => {
    expect(findings(history, final('a', [second], { a: 1 }))).toEqual(['x="two#1" is not counted at a']);
  });

  it('finds an acknowledged write lost that a node counts but does not have', () => {
    expect(findings(history, final('a', []))).toEqual(['x="two#1" is gone from a']);
  });

  it('finds a write that stands again beside the one that replaced it', () => {
    expect(findings(history, final('a', [second, first]))).toEqual([
      'x="one#1" is back at a though it was replaced',
    ]);
  });

  it('lets a write of unknown outcome have replaced an acknowledged one', () => {
    const unanswered = { sender: 'b', value: 'three#1', vc: { a: 1, b: 2 } };
    expect(findings(history, final('a', [unanswered], { a: 1, b: 2 }))).toEqual([]);
  });

  it('lets a deletion be dropped on one node and not yet on another', () => {
    const deleted: History = {
      sessions: [
        { name: 'one', operations: [write('one#1', { a: 1 })] },
        { name: 'two', operations: [{ kind: 'delete', key: 'x', value: 'two#1', vc: { a: 1, b: 1 } }] },
      ],
    };
    const tombstone = { ...second, value: null };
    expect(findings(deleted, final('a', []), final('b', [tombstone]))).toEqual([]);
    expect(findings(deleted, final('a', [first]))).toEqual(['x="one#1" is back at a though it was replaced']);
  });

  it('finds nodes that differ in a value, a sibling or their clocks', () => {
    const sibling = { sender: 'c', value: 'three#1', vc: { a: 1, c: 1 } };
    expect(findings(history, final('a', [second]), final('b', [second, sibling]))).toEqual([
      'a and b differ in x',
    ]);
    expect(findings(history, final('a', [second]), final('b', [second], { a: 1, b: 2 }))).toEqual([
      'a and b differ in their clocks',
    ]);
  });

  it('finds two writes that were given one clock', () => {
    const again: History = {
      sessions: [...history.sessions, { name: 'three', operations: [write('three#1', { a: 1, b: 1 })] }],
    };
    expect(findings(again, final('a', [second]))).toEqual(['x="two#1" and x="three#1" were given one clock']);
  });

  it('tells what the checkers of the history find', () => {
    const stale: History = {
      sessions: [
        {
          name: 'one',
          operations: [write('one#1', { a: 1 }), { kind: 'read', key: 'x', value: null, vc: {} }],
        },
      ],
    };
    const found = findings(stale, final('a', [first], { a: 1 })).join('\n');
    expect(found).toContain('WriteCOInitRead');
    expect(found).toContain('read your writes');
  });
});
