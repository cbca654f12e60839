import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Write } from '../../src/causality/write.ts';
import { LogTail } from '../../src/storage/log-tail.ts';
import { takeWithin } from '../../src/storage/take-within.ts';
import { noLimit, write } from '../support/sample-write.ts';

const counters = (writes: Write[] | undefined) => writes?.map(({ vc }) => vc.a);

const filled = (numbers: readonly number[], tail = new LogTail()) => {
  for (const number of numbers) tail.add(write('a', number));
  return tail;
};

describe('LogTail', () => {
  it('reads the writes after a number, up to a limit', () => {
    const tail = filled([3, 4, 5]);
    expect(counters(tail.read('a', 2, noLimit))).toEqual([3, 4, 5]);
    expect(counters(tail.read('a', 3, { writes: 1, bytes: 1_000 }))).toEqual([4]);
    expect(counters(tail.read('a', 3, { writes: 9, bytes: 1 }))).toEqual([4]);
  });

  it('reads nothing where it lacks the first write', () => {
    const tail = filled([3, 4, 5]);
    expect(tail.read('a', 1, noLimit)).toBeUndefined();
    expect(tail.read('a', 5, noLimit)).toBeUndefined();
    expect(tail.read('b', 2, noLimit)).toBeUndefined();
  });

  it('reads no writes that were removed from the log', () => {
    const tail = filled([3, 4, 5]);
    tail.remove('a', 4);
    tail.remove('a', 3);
    expect(tail.read('a', 3, noLimit)).toBeUndefined();
    expect(counters(tail.read('a', 4, noLimit))).toEqual([5]);
  });

  it('keeps what a faster reader has added when a slower one adds earlier writes', () => {
    const tail = new LogTail();
    const add = (from: number) => tail.addBehind('a', [write('a', from), write('a', from + 1)]);
    add(5);
    add(1);
    expect(tail.read('a', 0, noLimit)).toBeUndefined();
    expect(counters(tail.read('a', 4, noLimit))).toEqual([5, 6]);
    add(7);
    expect(counters(tail.read('a', 4, noLimit))).toEqual([5, 6, 7, 8]);
  });

  it('keeps the last writes only, as far as they fit', () => {
    const tail = new LogTail(1_000);
    for (let number = 1; number <= 1_000; number++) tail.add(write('a', number));
    expect(tail.read('a', 900, noLimit)).toBeUndefined();
    expect(counters(tail.read('a', 990, noLimit))).toEqual([
      991, 992, 993, 994, 995, 996, 997, 998, 999, 1_000,
    ]);
  });

  it('reads what the log has, or nothing', () => {
    const step = fc.record({
      node: fc.constantFrom('a', 'b'),
      // Numbers that go back or skip some, as an installation may make them.
      jump: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, fc.integer({ min: -3, max: 3 })),
      removed: fc.option(fc.nat(30), { freq: 9 }),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 60, max: 1_000 }),
        fc.nat(30),
        fc.integer({ min: 1, max: 9 }),
        (steps, generationBytes, after, count) => {
          const tail = new LogTail(generationBytes);
          const log = new Map<string, Write>();
          const last = { a: 0, b: 0 };
          for (const { node, jump, removed } of steps) {
            const origin = node === 'a' ? 'a' : 'b';
            if (removed !== null) {
              tail.remove(origin, removed);
              for (let number = 1; number <= removed; number++) log.delete(`${origin}${number}`);
            }
            const number = Math.max(1, last[origin] + jump);
            // Going back, an installation removes everything first.
            if (number <= last[origin]) {
              tail.remove(origin, last[origin]);
              for (let gone = 1; gone <= last[origin]; gone++) log.delete(`${origin}${gone}`);
            }
            last[origin] = number;
            const added = write(origin, number);
            log.set(`${origin}${number}`, added);
            tail.add(added);
          }
          for (const origin of ['a', 'b']) {
            const limit = { writes: count, bytes: 200 };
            const read = tail.read(origin, after, limit);
            if (read === undefined) continue;
            const expected: Write[] = [];
            for (let number = after + 1; ; number++) {
              const next = log.get(`${origin}${number}`);
              if (next === undefined) break;
              expected.push(next);
            }
            const taken = takeWithin(limit, expected);
            expect(taken.slice(0, read.length)).toEqual(read);
            expect(read.length).toBeGreaterThan(0);
          }
        },
      ),
    );
  });
});
