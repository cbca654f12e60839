import { describe, expect, it } from 'vitest';
import { EventLoopTurns } from '../../src/pacing/event-loop-turns.ts';

describe('EventLoopTurns', () => {
  it('runs one step of all users per turn of the event loop, in order', async () => {
    const turns = new EventLoopTurns();
    const seen: string[] = [];
    const work = async (name: string) => {
      for (let step = 1; step <= 2; step++) {
        await turns.next();
        seen.push(`${name}${step}`);
      }
    };
    const everyTurn = async () => {
      for (let turn = 0; turn < 6; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
        seen.push('|');
      }
    };
    await Promise.all([work('a'), work('b'), everyTurn()]);
    expect(seen.join('')).toMatch(/^a1\|b1\|a2\|b2\|*$/);
  });
});
