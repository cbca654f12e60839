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

/** One session writes x; another reads it and overwrites it. */
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

function findings(checked: History, ...finals: FinalState[]): string[] {
  return findingsOf(checkRun(checked, finals));
}

describe('checkRun', () => {
  it('finds nothing when every node ends with the newest write', () => {
    expect(findings(history, final('a', [second]), final('b', [second]))).toEqual([]);
  });

  it('counts acknowledged writes, reads and writes of unknown outcome', () => {
    const pending: History = {
      sessions: [
        ...history.sessions,
        { name: 'three', operations: [{ kind: 'write', key: 'x', value: 'three#1', status: 'unknown' }] },
      ],
    };
    expect(checkRun(pending, [final('a', [second])])).toMatchObject({
      acknowledged: 2,
      reads: 1,
      unknown: 1,
    });
  });

  it('finds an acknowledged write that the clock of a node does not cover', () => {
    expect(findings(history, final('a', [second], { a: 1 }))).toEqual([
      'x="two#1" is not covered by the clock of a',
    ]);
  });

  it('finds an acknowledged write that a node covers but does not hold', () => {
    expect(findings(history, final('a', []))).toEqual(['x="two#1" is missing at a']);
  });

  it('finds a write that reappeared beside the one that overwrote it', () => {
    expect(findings(history, final('a', [second, first]))).toEqual([
      'x="one#1" reappeared at a after it was overwritten',
    ]);
  });

  it('accepts that a write of unknown outcome overwrote an acknowledged one', () => {
    const overwriting = { sender: 'b', value: 'three#1', vc: { a: 1, b: 2 } };
    expect(findings(history, final('a', [overwriting], { a: 1, b: 2 }))).toEqual([]);
  });

  it('accepts a tombstone that only one node has dropped', () => {
    const deleted: History = {
      sessions: [
        { name: 'one', operations: [write('one#1', { a: 1 })] },
        { name: 'two', operations: [{ kind: 'delete', key: 'x', value: 'two#1', vc: { a: 1, b: 1 } }] },
      ],
    };
    const tombstone = { ...second, value: null };
    expect(findings(deleted, final('a', []), final('b', [tombstone]))).toEqual([]);
    expect(findings(deleted, final('a', [first]))).toEqual([
      'x="one#1" reappeared at a after it was overwritten',
    ]);
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

  it('finds two writes that share one clock', () => {
    const again: History = {
      sessions: [...history.sessions, { name: 'three', operations: [write('three#1', { a: 1, b: 1 })] }],
    };
    expect(findings(again, final('a', [second]))).toEqual(['x="two#1" and x="three#1" share one clock']);
  });

  it('reports bad patterns and session violations of the history', () => {
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
