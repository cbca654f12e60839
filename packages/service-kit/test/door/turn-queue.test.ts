import { describe, expect, it } from 'vitest';
import { TurnQueue } from '../../src/door/turn-queue.ts';

/** Adds actions that take 1 ms each. Returns how many of them ran in each turn of the event loop, which takes 1 ms too. */
async function turnsOf(actions: number, isAccepting = false): Promise<number[]> {
  let now = 0;
  const queue = new TurnQueue(() => now);
  const seen: number[] = [];
  for (let action = 0; action < actions; action++) {
    queue.add(() => {
      now += 1;
      seen.push(action);
    });
  }
  const turns: number[] = [];
  while (seen.length < actions) {
    if (isAccepting) queue.connectionAccepted();
    const before = seen.length;
    await new Promise((resolve) => setImmediate(resolve));
    turns.push(seen.length - before);
    now += 1;
  }
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  return turns;
}

describe('TurnQueue', () => {
  it('runs a few milliseconds of actions per turn, in order', async () => {
    expect(await turnsOf(10)).toEqual([4, 4, 2]);
  });

  it('leaves most turns to new connections while they arrive, but runs some actions', async () => {
    const pause = Array.from({ length: 9 }, () => 0);
    expect(await turnsOf(10, true)).toEqual([4, ...pause, 4, ...pause, 2]);
  });

  it('runs thousands', async () => {
    expect((await turnsOf(5_000)).length).toBe(1_250);
  });
});
