import type { Priority } from '@gridclock/grid-protocol';
import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { AdmissionQueue, type QueuedRequest } from '../../../load_balancer/routing/admission-queue.ts';
import type { Placement } from '../../../load_balancer/routing/placement.ts';

/** In kW. */
const CAPACITY = 100;

/** The refusal of a substation with the given free capacity. */
const full = (available: number): Extract<Placement, { kind: 'full' }> => ({
  kind: 'full',
  roomiest: { load: CAPACITY - available, capacity: CAPACITY, available },
  largestCapacity: CAPACITY,
  hops: 1,
});

/** Capacity for low and normal priority, in kW: the rest is reserved for high priority. */
const UNRESERVED_CAPACITY = 80;

/** Creates a queue for one substation of 100 kW, and records what happens to its requests. */
function start({ maxQueue = 10, free = 0 } = {}) {
  const clock = new VirtualClock();
  const queue = new AdmissionQueue({ maxQueue, maxWaitMs: 5_000, scheduler: clock });
  const events: string[] = [];
  let left = free;
  let tries = 0;
  const submit = (
    name: string,
    priority: Priority = 'normal',
    amount = 10,
    findExisting?: QueuedRequest['findExisting'],
  ) => {
    const placement = queue.submit({
      priority,
      fitsWhenEmpty: () => amount <= (priority === 'high' ? CAPACITY : UNRESERVED_CAPACITY),
      findExisting,
      fits: () => amount <= left,
      async place(): Promise<Placement> {
        tries += 1;
        if (amount > left) return full(left);
        left -= amount;
        return { kind: 'unavailable', hops: 1 };
      },
    });
    void placement.then(({ kind }) => events.push(`${name} ${kind === 'full' ? 'rejected' : 'placed'}`));
    return placement;
  };
  const release = async (amount: number) => {
    left += amount;
    await queue.admit();
  };
  return { clock, events, queue, release, submit, tries: () => tries };
}

/** Runs all pending promise callbacks. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('AdmissionQueue', () => {
  it('does not queue when it is disabled', async () => {
    const { submit } = start({ maxQueue: 0 });
    expect(await submit('a')).toEqual(full(0));
  });

  it('places a request at once while there is room', async () => {
    const { submit, queue } = start({ free: 10 });
    await submit('a');
    expect(queue.size).toBe(0);
  });

  it('admits by priority, then first in, first out, as capacity becomes free', async () => {
    const { submit, events, release } = start();
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
    const { submit, events, release, tries } = start({ free: 5 });
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
    const { clock, submit, queue } = start();
    const placement = submit('a');
    await settled();
    clock.advance(5_000);
    expect(await placement).toMatchObject({ kind: 'full', waitedMs: 5_000 });
    expect(queue.size).toBe(0);
  });

  it('rejects at once when it is full or the request can never fit', async () => {
    const { submit } = start({ maxQueue: 1 });
    expect(await submit('too large', 'normal', CAPACITY + 1)).toMatchObject({ kind: 'full' });
    expect(await submit('too large for its priority', 'normal', CAPACITY)).toEqual(full(0));
    void submit('a');
    await settled();
    expect(await submit('b')).toMatchObject({ kind: 'full', waitedMs: 0 });
  });

  it('returns an existing session at once', async () => {
    const { submit, events, tries } = start();
    void submit('a');
    await settled();
    void submit('again', 'low', 10, async () => ({ kind: 'unavailable', hops: 1 }));
    await settled();
    expect(events).toEqual(['again placed']);
    expect(tries()).toBe(1);
  });

  it('queues a repeated request without a session like a new one', async () => {
    const { submit, events, release } = start({ free: 5 });
    void submit('large', 'normal', 50);
    await settled();
    void submit('again', 'normal', 5, async () => undefined);
    await settled();
    expect(events).toEqual([]);
    await release(50);
    expect(events).toEqual(['large placed', 'again placed']);
  });

  it('queues new requests behind the one being placed', async () => {
    const { submit, events, release } = start();
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
