import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { DeliveryDelays } from '../src/delivery-delays.ts';

const HOUR_MS = 3_600_000;

/** A node whose wall clock a test can step. `write` is a write of node2, made `agoMs` ago by node2's wall clock. */
function nodeWithClock() {
  const time = new VirtualClock();
  let stepMs = 1_700_000_000_000;
  const wallClock = () => time.now() + stepMs;
  const write = (counter: number, agoMs: number) => ({
    sender: 'node2',
    key: 'x',
    value: 1,
    vc: { node2: counter },
    at: wallClock() - agoMs,
  });
  return {
    time,
    write,
    delays: new DeliveryDelays(wallClock, time.now),
    step: (ms: number) => {
      stepMs += ms;
    },
  };
}

describe('DeliveryDelays', () => {
  it('measures the delay of a write that a peer made since it was last asked', () => {
    const { time, delays, write } = nodeWithClock();
    time.advance(HOUR_MS);
    delays.heard('node2', { node2: 1 }, 10);
    time.advance(1_000);
    expect(delays.measure(write(2, 800))).toBe(800);
    expect(delays.measure(write(2, -50))).toBe(0);
  });

  it('measures nothing when a wall clock was stepped by an hour', () => {
    const { time, delays, write, step } = nodeWithClock();
    time.advance(2 * HOUR_MS);
    delays.heard('node2', { node2: 1 }, 10);
    const made = write(2, 0);
    step(HOUR_MS);
    expect(delays.measure(made)).toBeUndefined();
  });

  it('measures an hour if the peer was not heard from for that long', () => {
    const { time, delays, write } = nodeWithClock();
    time.advance(1_000);
    delays.heard('node2', { node2: 1 }, 10);
    delays.heard('node2', { node2: 1 }, 10);
    const made = write(2, 0);
    time.advance(HOUR_MS);
    delays.heard('node2', { node2: 2 }, 10);
    expect(delays.measure(made)).toBe(HOUR_MS);
  });

  it('measures nothing that was made long before the node started', () => {
    const { time, delays, write } = nodeWithClock();
    time.advance(1_000);
    expect(delays.measure(write(1, HOUR_MS))).toBeUndefined();
    expect(delays.measure(write(1, 900))).toBe(900);
  });
});
