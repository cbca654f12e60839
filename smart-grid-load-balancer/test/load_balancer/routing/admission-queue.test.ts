import { priorities } from '@gridclock/grid-protocol';
import { VirtualClock } from '@gridclock/simulation-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdmissionQueue } from '../../../load_balancer/routing/admission-queue.ts';
import type { Placement } from '../../../load_balancer/routing/placement.ts';
import { CAPACITY, full, settled, startQueue } from '../../support/admission-queue.ts';

describe('AdmissionQueue', () => {
  it('does not queue when it is disabled', async () => {
    const { submit } = startQueue({ maxQueue: 0 });
    expect(await submit('a')).toEqual(full(0));
  });

  it('places a request at once while there is room', async () => {
    const { submit, queue } = startQueue({ free: 10 });
    await submit('a');
    expect(queue.size).toBe(0);
  });

  it('admits by priority, then first in, first out, as capacity becomes free', async () => {
    const { submit, events, release } = startQueue();
    for (const [name, priority] of [
      ['low', 'low'],
      ['first', 'normal'],
      ['second', 'normal'],
      ['high', 'high'],
    ] as const) {
      void submit(name, priority);
      await settled();
    }
    await release(20);
    expect(events).toEqual(['high placed', 'first placed']);
    await release(20);
    expect(events.slice(2)).toEqual(['second placed', 'low placed']);
  });

  it('queues a request behind others even where it would fit', async () => {
    const { submit, events, release, tries } = startQueue({ free: 5 });
    void submit('large', 'normal', 50);
    await settled();
    void submit('small', 'normal', 5);
    void submit('urgent', 'high', 5);
    await settled();
    expect(events).toEqual(['urgent placed']);
    await release(55);
    expect(events).toEqual(['urgent placed', 'large placed', 'small placed']);
    expect(tries()).toBe(4);
  });

  it('rejects at the deadline with the time waited', async () => {
    const { clock, submit, queue } = startQueue();
    const placement = submit('a');
    await settled();
    clock.advance(5_000);
    expect(await placement).toMatchObject({ kind: 'full', waitedMs: 5_000 });
    expect(queue.size).toBe(0);
  });

  it('rejects at once when it is full or the request can never fit', async () => {
    const { submit } = startQueue({ maxQueue: 1 });
    expect(await submit('too large', 'normal', CAPACITY + 1)).toMatchObject({ kind: 'full' });
    expect(await submit('too large for its priority', 'normal', CAPACITY)).toEqual(full(0));
    void submit('a');
    await settled();
    expect(await submit('b')).toMatchObject({ kind: 'full', waitedMs: 0 });
  });

  it('displaces the last request of a lower priority when it is full', async () => {
    const { clock, events, queue, release, submit } = startQueue({ maxQueue: 2 });
    const first = submit('first low', 'low');
    await settled();
    const second = submit('second low', 'low');
    await settled();
    clock.advance(3_000);
    void submit('high', 'high');
    expect(await second).toEqual({ ...full(0), hops: 0, waitedMs: 3_000, displaced: true });
    void submit('normal');
    expect(await first).toMatchObject({ displaced: true });
    expect(await submit('another', 'normal')).toEqual({ ...full(0), hops: 0, waitedMs: 0 });
    expect(queue.size).toBe(2);
    await release(20);
    expect(events).toEqual([
      'second low rejected',
      'first low rejected',
      'another rejected',
      'high placed',
      'normal placed',
    ]);
  });

  it('drops a withdrawn request at once and admits those behind it', async () => {
    const { events, queue, submit, tries } = startQueue({ free: 5 });
    const leaving = new AbortController();
    void submit('large', 'normal', 50, undefined, leaving.signal);
    await settled();
    void submit('small', 'normal', 5);
    await settled();
    leaving.abort();
    await settled();
    expect(events).toEqual(['large withdrawn', 'small placed']);
    expect(queue.size).toBe(0);
    expect(tries()).toBe(2);
  });

  it('does not queue a request that was withdrawn meanwhile', async () => {
    const { queue, submit } = startQueue();
    const gone = submit('gone', 'high', 10, undefined, AbortSignal.abort());
    expect(await gone).toMatchObject({ kind: 'withdrawn' });
    expect(queue.size).toBe(0);
  });

  it('never exceeds its limit nor refuses a request for one of a lower priority', async () => {
    const submission = fc.record({
      kind: fc.constantFrom('submit', 'withdraw', 'release', 'wait' as const),
      priority: fc.constantFrom(...priorities),
      amount: fc.constantFrom(5, 10, 40),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(submission, { maxLength: 30 }), async (steps) => {
        const { clock, events, queue, release, submit } = startQueue({ maxQueue: 3 });
        const waiting: { name: string; leaving: AbortController }[] = [];
        const order: Record<string, number> = {};
        for (const [index, { kind, priority, amount }] of steps.entries()) {
          const name = `${priority} ${index}`;
          order[name] = priorities.indexOf(priority);
          if (kind === 'submit') {
            const leaving = new AbortController();
            waiting.push({ name, leaving });
            void submit(name, priority, amount, undefined, leaving.signal);
          } else if (kind === 'withdraw') waiting.shift()?.leaving.abort();
          else if (kind === 'release') await release(amount);
          else clock.advance(1_000);
          const before = events.length;
          await settled();
          expect(queue.size).toBeLessThanOrEqual(3);
          const rejected = events.slice(before).find((event) => event.endsWith('rejected'));
          if (kind !== 'submit' || rejected === undefined) continue;
          const ended = new Set(events.map((event) => event.replace(/ \w+$/, '')));
          const left = waiting.filter((other) => !ended.has(other.name) && !other.leaving.signal.aborted);
          const rank = order[rejected.replace(/ rejected$/, '')] ?? 0;
          for (const other of left) expect(order[other.name]).toBeGreaterThanOrEqual(rank);
        }
        clock.advance(5_000);
        await settled();
        expect(queue.size).toBe(0);
        expect(events).toHaveLength(steps.filter(({ kind }) => kind === 'submit').length);
      }),
      { numRuns: 50 },
    );
  });

  it('returns an existing session at once', async () => {
    const { submit, events, tries } = startQueue();
    void submit('a');
    await settled();
    void submit('again', 'low', 10, async () => ({ kind: 'unavailable', hops: 1 }));
    await settled();
    expect(events).toEqual(['again placed']);
    expect(tries()).toBe(1);
  });

  it('queues a repeated request without a session like a new one', async () => {
    const { submit, events, release } = startQueue({ free: 5 });
    void submit('large', 'normal', 50);
    await settled();
    void submit('again', 'normal', 5, async () => undefined);
    await settled();
    expect(events).toEqual([]);
    await release(50);
    expect(events).toEqual(['large placed', 'again placed']);
  });

  it('queues new requests behind the one being placed', async () => {
    const { submit, events, release } = startQueue();
    void submit('first');
    await settled();
    const admitted = release(10);
    void submit('second');
    await admitted;
    await settled();
    expect(events).toEqual(['first placed']);
    await release(10);
    expect(events).toEqual(['first placed', 'second placed']);
  });

  it.each([
    ['placed', { kind: 'unavailable', hops: 3 } as const, { kind: 'unavailable', hops: 3 }],
    ['rejected', full(0), { ...full(0), waitedMs: 5_000 }],
  ])('lets a placement in progress at the deadline decide: %s', async (_, result, expected) => {
    const clock = new VirtualClock();
    const queue = new AdmissionQueue({ maxQueue: 1, maxWaitMs: 5_000, scheduler: clock });
    let finish: (placement: Placement) => void = () => {};
    const placement = queue.submit({
      priority: 'normal',
      fitsWhenEmpty: () => true,
      findExisting: undefined,
      fits: () => true,
      place: (waited) =>
        waited
          ? new Promise((resolve) => {
              finish = resolve;
            })
          : Promise.resolve(full(0)),
    });
    await settled();
    const admitted = queue.admit();
    clock.advance(5_000);
    finish(result);
    expect(await placement).toEqual(expected);
    await admitted;
    expect(queue.size).toBe(0);
  });
});
