import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../src/problems/errors.ts';
import { StreamBudget } from '../../src/requests/stream-budget.ts';

/** A response whose client reads nothing until `read` is called. */
function unread() {
  let read = () => {};
  const stream = new Writable({
    highWaterMark: 10,
    decodeStrings: false,
    write(_chunk, _encoding, done) {
      read = done;
    },
  });
  return Object.assign(stream, { req: { socket: new EventEmitter() }, read: () => read() });
}

describe('StreamBudget', () => {
  it('refuses a stream beyond the most, until another one closes', async () => {
    const budget = new StreamBudget({ streams: 1, unsentBytes: 1_000 });
    const first = unread();
    budget.open(first);
    expect(() => budget.open(unread())).toThrow(UnavailableError);
    first.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    expect(() => budget.open(unread())).not.toThrow();
  });

  it('does not count a stream whose client left before it began', async () => {
    const budget = new StreamBudget({ streams: 1, unsentBytes: 1_000 });
    const left = unread();
    left.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    budget.open(left);
    expect(() => budget.open(unread())).not.toThrow();
  });

  it('closes the stream that has waited longest when clients that do not read hold too much', () => {
    const budget = new StreamBudget({ streams: 10, unsentBytes: 250 });
    const streams = [unread(), unread(), unread()];
    for (const stream of streams) {
      budget.open(stream);
      expect(budget.write(stream, 'x'.repeat(100))).toBe(false);
    }
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
  });

  it('forgets what a client has read', async () => {
    const budget = new StreamBudget({ streams: 10, unsentBytes: 250 });
    const streams = [unread(), unread(), unread()];
    for (const stream of streams) {
      budget.open(stream);
      budget.write(stream, 'x'.repeat(100));
      stream.read();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(streams.some(({ destroyed }) => destroyed)).toBe(false);
  });
});
