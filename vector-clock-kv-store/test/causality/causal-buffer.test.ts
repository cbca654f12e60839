import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CausalBuffer } from '../../src/causality/causal-buffer.ts';
import { writeMemoryBytes } from '../../src/causality/memory-size.ts';
import { Replica } from '../../src/causality/replica.ts';
import { counterOf, zeroClock } from '../../src/causality/vector-clock.ts';
import type { Write } from '../../src/causality/write.ts';
import { arrivals } from '../support/causal-run.ts';

const CAPACITY = { writes: 1_000, bytes: 1e9 };

/** Write `counter` of a node, which waits for the one before. */
const after = (sender: string, counter: number): Write => ({
  sender,
  key: 'k',
  value: 'v'.repeat(100),
  vc: { [sender]: counter },
});

describe('CausalBuffer.writes', () => {
  it('lists writes in order of arrival, whoever sent them', () => {
    const buffer = new CausalBuffer(CAPACITY);
    const arrived = [after('b', 3), after('a', 5), after('b', 2), after('a', 4)];
    for (const write of arrived) buffer.add(write, { node: 'x', counter: 1 });
    expect(buffer.writes()).toEqual(arrived);
    expect([...buffer.lastDots()]).toEqual([
      { node: 'b', counter: 3 },
      { node: 'a', counter: 5 },
    ]);
  });
});

describe('CausalBuffer.discard', () => {
  it('frees the bytes and the room of what it drops, and keeps the rest', () => {
    const buffer = new CausalBuffer({ writes: 3, bytes: 1e9 });
    for (const sender of ['a', 'b', 'c']) buffer.add(after(sender, 2), { node: 'x', counter: 1 });
    expect(buffer.add(after('d', 2), { node: 'x', counter: 1 })).toBe('full');
    expect(buffer.discard(({ sender }) => sender === 'b')).toBe(1);
    expect([...buffer.senders()]).toEqual(['a', 'c']);
    expect(buffer.bytes).toBe(2 * writeMemoryBytes(after('a', 2)));
    expect(buffer.add(after('d', 2), { node: 'x', counter: 1 })).toBe('buffered');
    const released: string[] = [];
    buffer.release(
      { node: 'x', counter: 1 },
      () => ({ x: 1, a: 1, c: 1, d: 1 }),
      ({ sender }) => released.push(sender),
    );
    expect(released).toEqual(['a', 'c', 'd']);
    expect([buffer.size, buffer.bytes]).toEqual([0, 0]);
  });

  it('also drops a write that waits for another dependency than at first', () => {
    const buffer = new CausalBuffer(CAPACITY);
    const write: Write = { ...after('a', 1), vc: { a: 1, x: 1, y: 1 } };
    buffer.add(write, { node: 'x', counter: 1 });
    buffer.release(
      { node: 'x', counter: 1 },
      () => ({ x: 1 }),
      () => {},
    );
    buffer.discard(() => true);
    const released: Write[] = [];
    buffer.release(
      { node: 'y', counter: 1 },
      () => ({ x: 1, y: 1 }),
      (ready) => released.push(ready),
    );
    expect(released).toEqual([]);
    expect(buffer.bytes).toBe(0);
  });

  it('loses nothing for good, whatever it drops: links send it again', () => {
    fc.assert(
      fc.property(arrivals, fc.array(fc.nat(4)), ({ made, arriving }, dropping) => {
        const replica = new Replica('observer', zeroClock, CAPACITY);
        arriving.forEach((message, index) => {
          replica.receive(message);
          if (dropping[index] === 0) replica.discardBuffered(new Set([message.sender]));
          const bytes = replica.buffered().reduce((sum, write) => sum + writeMemoryBytes(write), 0);
          expect(replica.bufferBytes).toBe(bytes);
        });
        for (const message of made) replica.receive(message);
        expect(
          made.every(({ sender, vc }) => counterOf(replica.clock, sender) >= counterOf(vc, sender)),
        ).toBe(true);
        replica.discardBuffered(new Set());
        expect([replica.bufferDepth, replica.bufferBytes]).toEqual([0, 0]);
      }),
    );
  });
});
