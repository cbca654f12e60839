import type { Priority } from '@gridclock/grid-protocol';
import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { type Guest, WaitingRoom } from '../../../load_balancer/routing/admission-queue.ts';
import type { Placement } from '../../../load_balancer/routing/placement.ts';

const CAPACITY = 100;

/** What the substation says when it has so many kW left. */
const full = (available: number): Extract<Placement, { kind: 'full' }> => ({
  kind: 'full',
  roomiest: { load: CAPACITY - available, capacity: CAPACITY, available },
  largest: CAPACITY,
  hops: 1,
});

/** In kW: what a reserve leaves to other than high priority. */
const USUAL_CAPACITY = 80;

/** A room before one substation of 100 kW, and what happens in it. */
function open({ maxQueue = 10, free = 0 } = {}) {
  const clock = new VirtualClock();
  const room = new WaitingRoom({ maxQueue, maxWaitMs: 5_000, clock });
  const events: string[] = [];
  let left = free;
  let tries = 0;
  const enter = (name: string, priority: Priority = 'normal', amount = 10, recall?: Guest['recall']) => {
    const placement = room.enter({
      priority,
      fitsEmpty: () => amount <= (priority === 'high' ? CAPACITY : USUAL_CAPACITY),
      recall,
      fits: () => amount <= left,
      async place(): Promise<Placement> {
        tries += 1;
        if (amount > left) return full(left);
        left -= amount;
        return { kind: 'unavailable', hops: 1 };
      },
    });
    void placement.then(({ kind }) => events.push(`${name} ${kind === 'full' ? 'refused' : 'placed'}`));
    return placement;
  };
  const giveBack = async (amount: number) => {
    left += amount;
    await room.admit();
  };
  return { clock, enter, events, giveBack, room, tries: () => tries };
}

/** Lets everything that waits for nothing but promises happen. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the waiting room', () => {
  it('lets nobody wait when it is off', async () => {
    const { enter } = open({ maxQueue: 0 });
    expect(await enter('a')).toEqual(full(0));
  });

  it('is passed through while there is room', async () => {
    const { enter, room } = open({ free: 10 });
    await enter('a');
    expect(room.size).toBe(0);
  });

  it('admits by priority, then first come, as load is given back', async () => {
    const { enter, events, giveBack } = open();
    for (const [name, priority] of [
      ['low', 'low'],
      ['first', 'normal'],
      ['second', 'normal'],
      ['high', 'high'],
    ] as const) {
      void enter(name, priority);
      await settled();
    }
    await giveBack(20);
    expect(events).toEqual(['high placed', 'first placed']);
    await giveBack(20);
    expect(events.slice(2)).toEqual(['second placed', 'low placed']);
  });

  it('lets nobody overtake, not even one that would fit', async () => {
    const { enter, events, giveBack, tries } = open({ free: 5 });
    void enter('large', 'normal', 50);
    await settled();
    void enter('small', 'normal', 5);
    void enter('urgent', 'high', 5);
    await settled();
    expect(events).toEqual(['urgent placed']);
    await giveBack(55);
    expect(events).toEqual(['urgent placed', 'large placed', 'small placed']);
    expect(tries()).toBe(4);
  });

  it('answers at the deadline with the time waited', async () => {
    const { clock, enter, room } = open();
    const placement = enter('a');
    await settled();
    clock.advance(5_000);
    expect(await placement).toMatchObject({ kind: 'full', waitedMs: 5_000 });
    expect(room.size).toBe(0);
  });

  it('turns away whom it has no seat for, and whom nothing that is given back would help', async () => {
    const { enter } = open({ maxQueue: 1 });
    expect(await enter('too large', 'normal', CAPACITY + 1)).toMatchObject({ kind: 'full' });
    expect(await enter('too large for its priority', 'normal', CAPACITY)).toEqual(full(0));
    void enter('a');
    await settled();
    expect(await enter('b')).toMatchObject({ kind: 'full', waitedMs: 0 });
  });

  it('answers one that is charging already at once', async () => {
    const { enter, events, tries } = open();
    void enter('a');
    await settled();
    void enter('again', 'low', 10, async () => ({ kind: 'unavailable', hops: 1 }));
    await settled();
    expect(events).toEqual(['again placed']);
    expect(tries()).toBe(1);
  });

  it('lets nobody overtake who comes again and is charging nowhere', async () => {
    const { enter, events, giveBack } = open({ free: 5 });
    void enter('large', 'normal', 50);
    await settled();
    void enter('again', 'normal', 5, async () => undefined);
    await settled();
    expect(events).toEqual([]);
    await giveBack(50);
    expect(events).toEqual(['large placed', 'again placed']);
  });

  it('puts newcomers behind one that is just asking', async () => {
    const { enter, events, giveBack } = open();
    void enter('first');
    await settled();
    const admitted = giveBack(10);
    void enter('second');
    await admitted;
    await settled();
    expect(events).toEqual(['first placed']);
    await giveBack(10);
    expect(events).toEqual(['first placed', 'second placed']);
  });

  it.each([
    ['placed', { kind: 'unavailable', hops: 3 } as const, { kind: 'unavailable', hops: 3 }],
    ['refused', full(0), { ...full(0), waitedMs: 5_000 }],
  ])(
    'answers one that asks while its deadline passes by what comes of that: %s',
    async (_, found, answer) => {
      const clock = new VirtualClock();
      const room = new WaitingRoom({ maxQueue: 1, maxWaitMs: 5_000, clock });
      let finish: (placement: Placement) => void = () => {};
      const placement = room.enter({
        priority: 'normal',
        fitsEmpty: () => true,
        recall: undefined,
        fits: () => true,
        place: (waited) =>
          waited
            ? new Promise((resolve) => {
                finish = resolve;
              })
            : Promise.resolve(full(0)),
      });
      await settled();
      const admitted = room.admit();
      clock.advance(5_000);
      finish(found);
      expect(await placement).toEqual(answer);
      await admitted;
      expect(room.size).toBe(0);
    },
  );
});
