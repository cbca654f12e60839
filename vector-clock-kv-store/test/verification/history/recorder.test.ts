import { describe, expect, it } from 'vitest';
import { CausalClient } from '../../../src/session-client/index.ts';
import { parseHistory } from '../../../src/verification/history/history.ts';
import { HistoryRecorder, type RecordableClient } from '../../../src/verification/history/recorder.ts';
import { scriptedTransport } from '../../support/scripted-transport.ts';

/** A client of a one-node store; `overrides` overrides its operations. */
function client(overrides: Partial<RecordableClient> = {}): RecordableClient {
  const values = new Map<string, unknown>();
  let writes = 0;
  const write = async (key: string, value: unknown) => {
    values.set(key, value);
    writes++;
    return { n: writes };
  };
  return {
    put: write,
    delete: (key) => write(key, null),
    get: async (key) => ({ value: values.get(key) ?? null, vc: { n: writes } }),
    ...overrides,
  };
}

function recorder(isDefiniteFailure?: (error: unknown) => boolean) {
  let time = 0;
  return new HistoryRecorder({ now: () => time++, ...(isDefiniteFailure && { isDefiniteFailure }) });
}

const fails = (message: string) => async () => {
  throw new Error(message);
};

describe('HistoryRecorder', () => {
  it('records each operation with its result, node and times', async () => {
    const recording = recorder();
    const alice = recording.session('alice', client());
    expect(await alice.put('x', { node: 'n' })).toBe('alice#1');
    expect(await alice.get('x')).toBe('alice#1');
    await alice.delete('x');
    expect(await alice.get('x')).toBeNull();
    const history = recording.history();
    expect(history).toEqual({
      sessions: [
        {
          name: 'alice',
          operations: [
            { kind: 'write', key: 'x', value: 'alice#1', node: 'n', start: 0, end: 1, vc: { n: 1 } },
            { kind: 'read', key: 'x', value: 'alice#1', start: 2, end: 3, vc: { n: 1 } },
            { kind: 'delete', key: 'x', value: 'alice#2', start: 4, end: 5, vc: { n: 2 } },
            { kind: 'read', key: 'x', value: null, start: 6, end: 7, vc: { n: 2 } },
          ],
        },
      ],
    });
    expect(parseHistory(JSON.parse(JSON.stringify(history)))).toEqual(history);
  });

  it('records a CausalClient as it is', async () => {
    const written = { status: 200, body: { status: 'ok', vc: { n: 1 } } };
    const transport = scriptedTransport({ 'http://node1': [written] });
    const recording = recorder();
    const alice = recording.session('alice', new CausalClient({ nodes: ['http://node1'], transport }));
    await alice.put('x');
    await alice.delete('x');
    const operations = recording.history().sessions[0]?.operations;
    expect(operations?.map(({ kind, vc }) => [kind, vc])).toEqual([
      ['write', { n: 1 }],
      ['delete', { n: 1 }],
    ]);
    expect(transport.requests.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
  });

  it('records a batch as writes in their order, the last one with the clock', async () => {
    const written = { status: 200, body: { status: 'ok', vc: { n: 3 } } };
    const transport = scriptedTransport({ 'http://node1': [written] });
    const recording = recorder();
    const alice = recording.session('alice', new CausalClient({ nodes: ['http://node1'], transport }));
    expect(await alice.putAll(['x', 'y', 'x'])).toEqual(['alice#1', 'alice#2', 'alice#3']);
    const times = { start: 0, end: 1 };
    expect(recording.history().sessions[0]?.operations).toEqual([
      { kind: 'write', key: 'x', value: 'alice#1', ...times },
      { kind: 'write', key: 'y', value: 'alice#2', ...times },
      { kind: 'write', key: 'x', value: 'alice#3', ...times, vc: { n: 3 } },
    ]);
  });

  it('records the clock of each write of a batch that the client knows', async () => {
    const recording = recorder();
    const alice = recording.session('alice', client({ putAll: async () => [{ n: 1 }, { n: 2 }] }));
    await alice.putAll(['x', 'y']);
    const operations = recording.history().sessions[0]?.operations;
    expect(operations?.map(({ key, vc }) => [key, vc])).toEqual([
      ['x', { n: 1 }],
      ['y', { n: 2 }],
    ]);
  });

  it('records every write of a failed or pending batch as unknown', async () => {
    const recording = recorder();
    const alice = recording.session('alice', client({ putAll: fails('timeout') }));
    await expect(alice.putAll(['x', 'y'])).rejects.toThrow('timeout');
    const bob = recording.session('bob', client({ putAll: () => new Promise(() => {}) }));
    void bob.putAll(['x', 'y']);
    const outcomes = recording.history().sessions.map(({ operations }) => operations);
    expect(outcomes).toMatchObject([
      [
        { key: 'x', value: 'alice#1', status: 'unknown' },
        { key: 'y', value: 'alice#2', status: 'unknown' },
      ],
      [
        { key: 'x', value: 'bob#1', status: 'unknown' },
        { key: 'y', value: 'bob#2', status: 'unknown' },
      ],
    ]);
  });

  it('rejects a batch of a client that makes none, and records nothing', async () => {
    const recording = recorder();
    const alice = recording.session('alice', client());
    await expect(alice.putAll(['x'])).rejects.toThrow('the client of alice has no putAll');
    expect(recording.history().sessions[0]?.operations).toEqual([]);
  });

  it('rethrows errors; records failed writes as unknown and no failed reads', async () => {
    const recording = recorder();
    const alice = recording.session(
      'alice',
      client({ put: fails('timeout'), delete: fails('timeout'), get: fails('timeout') }),
    );
    await expect(alice.put('x')).rejects.toThrow('timeout');
    await expect(alice.get('x')).rejects.toThrow('timeout');
    await expect(alice.delete('x')).rejects.toThrow('timeout');
    expect(recording.history().sessions[0]?.operations).toMatchObject([
      { kind: 'write', value: 'alice#1', status: 'unknown' },
      { kind: 'delete', value: 'alice#2', status: 'unknown' },
    ]);
  });

  it('omits a write that definitely failed', async () => {
    const recording = recorder((error) => error instanceof Error && error.message === 'refused');
    const alice = recording.session('alice', client({ put: fails('refused') }));
    await expect(alice.put('x')).rejects.toThrow('refused');
    expect(recording.history().sessions[0]?.operations).toEqual([]);
  });

  it('records a pending write as unknown and rejects a second operation', async () => {
    const recording = recorder();
    const alice = recording.session('alice', client({ put: () => new Promise(() => {}) }));
    void alice.put('x');
    expect(recording.history().sessions[0]?.operations).toMatchObject([{ kind: 'write', status: 'unknown' }]);
    await expect(alice.get('x')).rejects.toThrow('alice has a pending operation');
  });

  it('records a value of another type as text', async () => {
    const recording = recorder();
    const alice = recording.session('alice', client({ get: async () => ({ value: [1], vc: {} }) }));
    expect(await alice.get('x')).toBe('[1]');
  });

  it('rejects a second session with the same name', () => {
    const recording = recorder();
    recording.session('alice', client());
    expect(() => recording.session('alice', client())).toThrow('the session name alice is already in use');
  });
});
