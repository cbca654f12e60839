import { describe, expect, it } from 'vitest';
import { checkHistory } from '../../../src/verification/history/check-history.ts';
import { parseHistory } from '../../../src/verification/history/history.ts';
import { HistoryError } from '../../../src/verification/history/history-error.ts';
import { read, sessions, write } from '../../support/history-operations.ts';

const operation = { kind: 'write', key: 'x', value: 1 };
const oneSession = (...operations: unknown[]) => ({ sessions: [{ name: 'alice', operations }] });

describe('parseHistory', () => {
  it('accepts operations with every optional field', () => {
    const full = { ...operation, node: 'node1', start: 1.5, end: 2, vc: { node1: 1 }, status: 'unknown' };
    expect(parseHistory(oneSession(full))).toEqual(oneSession(full));
  });

  it.each([
    [null, 'history: '],
    [{}, 'sessions: '],
    [{ sessions: [{ operations: [] }] }, 'sessions.0.name: '],
    [
      oneSession({ ...operation, kind: 'cas' }),
      'sessions.0.operations.0.kind: must be write, read or delete',
    ],
    [oneSession(operation, { ...operation, value: null }), 'sessions.0.operations.1.value: '],
    [oneSession({ kind: 'read', key: 'x' }), 'sessions.0.operations.0.value: must be a string or a number'],
    [oneSession({ ...operation, vc: { node1: -1 } }), 'sessions.0.operations.0.vc.node1: '],
    [oneSession({ ...operation, stat: 'unknown' }), 'sessions.0.operations.0: '],
  ])('names the invalid value in %j', (json, message) => {
    expect(() => parseHistory(json)).toThrow(HistoryError);
    expect(() => parseHistory(json)).toThrow(message);
  });
});

describe('checkHistory', () => {
  it('rejects a history that writes one value twice to a key', () => {
    const history = sessions({ alice: [write('x', 1)], bob: [read('x', 1), write('x', 1)] });
    expect(() => checkHistory(history)).toThrow(
      'sessions.1.operations.1.value: 1 was already written to "x" at sessions.0.operations.0',
    );
  });

  it('rejects a history with two sessions of one name', () => {
    const { sessions: alice } = sessions({ alice: [] });
    expect(() => checkHistory({ sessions: [...alice, ...alice] })).toThrow(
      'sessions.1.name: the name "alice" is already in use',
    );
  });
});
