import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Replica } from '../../src/causality/replica.ts';
import { counterOf, descends, type VectorClock, zeroClock } from '../../src/causality/vector-clock.ts';
import { dotOf, type Write } from '../../src/causality/write.ts';
import { arrivals } from '../support/causal-run.ts';

const CAPACITY = { writes: 100_000, bytes: 1e9 };

function write(sender: string, vc: VectorClock, key = 'k', value = 1): Write {
  return { sender, key, value, vc };
}

function delivered(replica: Replica, message: Write): readonly Write[] {
  const receipt = replica.receive(message);
  return receipt.status === 'applied' ? receipt.delivered : [];
}

/** What the second write of `a` waits for. */
const missing = { node: 'a', counter: 1 };

describe('Replica', () => {
  it('clocks its writes with everything it has delivered', () => {
    const replica = new Replica('b', zeroClock, CAPACITY);
    replica.receive(write('a', { a: 1 }));
    expect(replica.write('x', 2)).toEqual({ sender: 'b', key: 'x', value: 2, vc: { a: 1, b: 1 } });
  });

  it('buffers a write that overtook its cause, and delivers it after the cause', () => {
    const replica = new Replica('c', zeroClock, CAPACITY);
    const cause = write('a', { a: 1 });
    const effect = write('b', { a: 1, b: 1 });
    expect(replica.receive(effect)).toEqual({ status: 'buffered', missing, has: 0 });
    expect(replica.buffered()).toEqual([effect]);
    expect(replica.clock).toEqual({});
    expect(replica.receive(cause)).toEqual({ status: 'applied', delivered: [cause, effect] });
    expect(replica.buffered()).toEqual([]);
    expect(replica.clock).toEqual({ a: 1, b: 1 });
  });

  it('changes no clock that it has shown or given to a write', () => {
    const replica = new Replica('b', zeroClock, CAPACITY);
    const before = replica.clock;
    replica.receive(write('a', { a: 1 }));
    const own = replica.write('x', 2);
    replica.receive(write('a', { a: 2 }));
    const shown = replica.clock;
    replica.receive(write('a', { a: 3 }));
    replica.receive(write('a', { a: 4 }));
    expect([zeroClock, before, own.vc, shown]).toEqual([{}, {}, { a: 1, b: 1 }, { a: 2, b: 1 }]);
    expect(replica.clock).toEqual({ a: 4, b: 1 });
  });

  it('rejects an older write of a sender after a newer one', () => {
    const replica = new Replica('c', zeroClock, CAPACITY);
    replica.receive(write('a', { a: 1 }));
    replica.receive(write('a', { a: 2 }));
    expect(replica.receive(write('a', { a: 1 }))).toEqual({ status: 'duplicate' });
    expect(replica.clock).toEqual({ a: 2 });
  });

  it('detects a duplicate of a buffered write', () => {
    const replica = new Replica('c', zeroClock, CAPACITY);
    replica.receive(write('a', { a: 2 }));
    expect(replica.receive(write('a', { a: 2 }))).toEqual({ status: 'duplicate' });
    expect(replica.bufferDepth).toBe(1);
  });

  it('never moves its clock back when a sender uses a counter twice', () => {
    const replica = new Replica('b', zeroClock, CAPACITY);
    replica.receive(write('a', { a: 2, c: 1 }));
    for (const counter of [1, 2, 3]) replica.receive(write('a', { a: counter }));
    expect(delivered(replica, write('c', { c: 1 }))).toHaveLength(1);
    expect(replica.clock).toEqual({ a: 3, c: 1 });
    expect(replica.bufferDepth).toBe(0);
  });

  it('refuses writes when the buffer is full, but still applies ready ones', () => {
    const replica = new Replica('c', zeroClock, { writes: 1, bytes: 1e9 });
    expect(replica.receive(write('a', { a: 2 }))).toEqual({ status: 'buffered', missing, has: 0 });
    expect(replica.receive(write('a', { a: 3 }))).toEqual({ status: 'refused' });
    expect(delivered(replica, write('a', { a: 1 }))).toHaveLength(2);
    expect(replica.receive(write('a', { a: 3 }))).toMatchObject({ status: 'applied' });
  });

  it('refuses writes beyond the bytes of the buffer, but still applies the one they wait for', () => {
    const replica = new Replica('c', zeroClock, { writes: 1_000, bytes: 5_000 });
    const large = (counter: number) => ({ ...write('a', { a: counter }), value: 'v'.repeat(2_000) });
    const statuses = [2, 3, 4, 5].map((counter) => replica.receive(large(counter)).status);
    expect(statuses).toEqual(['buffered', 'buffered', 'refused', 'refused']);
    expect(replica.bufferBytes).toBeGreaterThan(4_000);
    expect(delivered(replica, large(1))).toHaveLength(3);
    expect(replica.bufferBytes).toBe(0);
    expect(delivered(replica, large(4))).toHaveLength(1);
  });

  it('buffers one write that is larger than the whole buffer', () => {
    const replica = new Replica('c', zeroClock, { writes: 1_000, bytes: 10 });
    expect(replica.receive(write('a', { a: 2 }))).toEqual({ status: 'buffered', missing, has: 0 });
    expect(replica.receive(write('a', { a: 3 }))).toEqual({ status: 'refused' });
    expect(delivered(replica, write('a', { a: 1 }))).toHaveLength(2);
  });

  it('delivers everything once refused writes are sent again, whatever the capacity', () => {
    fc.assert(
      fc.property(arrivals, fc.nat(4), fc.nat(600), ({ made, arriving }, writes, bytes) => {
        const replica = new Replica('observer', zeroClock, { writes, bytes });
        for (const message of arriving) replica.receive(message);
        // As a link does: sends what is missing in causal order, until nothing is.
        for (const message of made) replica.receive(message);
        expect(
          made.every(({ sender, vc }) => counterOf(replica.clock, sender) >= counterOf(vc, sender)),
        ).toBe(true);
        expect([replica.bufferDepth, replica.bufferBytes]).toEqual([0, 0]);
      }),
    );
  });

  it('drains 50,000 writes that arrived in reverse, without overflowing the stack', () => {
    const replica = new Replica('b', zeroClock, CAPACITY);
    for (let counter = 50_000; counter > 1; counter--) replica.receive(write('a', { a: counter }));
    const order = delivered(replica, write('a', { a: 1 })).map((message) => dotOf(message).counter);
    expect(order).toEqual(Array.from({ length: 50_000 }, (_, index) => index + 1));
    expect(replica.bufferDepth).toBe(0);
  });

  it('delivers every write once and in causal order, however writes arrive', () => {
    fc.assert(
      fc.property(arrivals, ({ made, arriving }) => {
        const replica = new Replica('observer', zeroClock, CAPACITY);
        const seen = arriving.flatMap((message) => delivered(replica, message));
        expect(new Set(seen.map((message) => JSON.stringify(dotOf(message)))).size).toBe(made.length);
        expect(seen).toHaveLength(made.length);
        expect(replica.bufferDepth).toBe(0);
        let clock: VectorClock = zeroClock;
        for (const message of seen) {
          const { node, counter } = dotOf(message);
          clock = { ...clock, [node]: counterOf(clock, node) + 1 };
          expect(counterOf(clock, node)).toBe(counter);
          expect(descends(clock, message.vc)).toBe(true);
        }
      }),
    );
  });
});
