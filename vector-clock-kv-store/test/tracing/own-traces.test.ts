import { describe, expect, it } from 'vitest';
import { OwnTraces } from '../../src/tracing/own-traces.ts';

const write = (counter: number, sender = 'node1') => ({
  sender,
  key: 'x',
  value: counter,
  vc: { [sender]: counter },
});

describe('the traces of a node’s writes', () => {
  it('are found by the number of the write, also where it was read from the log', () => {
    const traces = new OwnTraces();
    traces.add(write(2), 'a');
    expect(traces.of(write(2))).toBe('a');
    expect(traces.of(write(1))).toBeUndefined();
    expect(traces.of(write(2, 'node1~3fa94c1e'))).toBeUndefined();
  });

  it('are those of the last 4,096', () => {
    const traces = new OwnTraces();
    for (let counter = 1; counter <= 5_000; counter++) traces.add(write(counter), 'a');
    expect([write(904), write(905), write(5_000)].map((each) => traces.of(each))).toEqual([
      undefined,
      'a',
      'a',
    ]);
  });

  it('are in a message those of its first 32 traced writes', () => {
    const traces = new OwnTraces();
    const writes = Array.from({ length: 100 }, (_, index) => write(index + 1));
    for (const each of writes.slice(50)) traces.add(each, 'a');
    expect(traces.ofMessage(writes).map(({ index }) => index)).toEqual(
      Array.from({ length: 32 }, (_, n) => 50 + n),
    );
  });
});
