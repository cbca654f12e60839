import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Message } from '../../../src/verification/judge/dialect/message-form.ts';
import { observeNodes } from '../../../src/verification/judge/observe.ts';
import { deepBuffer } from '../../../src/verification/judge/probes/deep-buffer.ts';
import type { ProbeRun } from '../../../src/verification/judge/probes/probe.ts';
import type { Bench } from '../../../src/verification/judge/system/bench.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** How a node does with the messages: how long it takes for each, what it shows after the first, and how late it shows it. */
type Behaviour = {
  takesMs?: number;
  shows: (sinceFirstMs: number, depth: number) => number;
  silentMs?: number;
};

/** Judges a node that behaves so, with 4 s of patience. */
async function judge({ takesMs = 0, shows, silentMs = 0 }: Behaviour, isRepeated = false) {
  let depth = 0;
  let firstAt = Number.POSITIVE_INFINITY;
  const silence = () => wait(Math.max(0, firstAt + silentMs - performance.now()));
  const client = {
    async inject({ value }: Message) {
      depth = Math.max(depth, Number(value));
      if (value === 1) firstAt = performance.now();
      await (value === 1 ? silence() : takesMs > 0 && wait(takesMs));
    },
    async get() {
      const isLate = firstAt + silentMs - performance.now() > 15_000;
      await (isLate ? wait(15_000) : silence());
      if (isLate) throw new Error('no response within 15000 ms');
      return { value: shows(performance.now() - firstAt, depth), vc: undefined };
    },
  };
  const bench = { id: 'node1', peers: [{ id: 'node2' }], process: {}, client } as unknown as Bench;
  const dialect = { showsBuffer: false } as ProbeRun['dialect'];
  const observing = observeNodes(
    () => 4_000,
    (observer) => deepBuffer.run({ ...observer, dialect, isRepeated, bench: async () => bench }),
  );
  await vi.advanceTimersByTimeAsync(300_000);
  return { ...(await observing), depth };
}

const atOnce: Behaviour['shows'] = (_, depth) => depth;

describe('deepBuffer', () => {
  it('acquits a node that responds to nothing while it delivers', async () => {
    expect(await judge({ shows: atOnce, silentMs: 25_000 })).toMatchObject({
      outcome: 'passed',
      depth: 10_000,
    });
  });

  it('acquits a node that delivers little by little', async () => {
    const shows: Behaviour['shows'] = (ms, depth) => Math.min(depth, Math.floor(ms / 1_000) * 500);
    expect(await judge({ shows })).toMatchObject({ outcome: 'passed' });
  });

  it('convicts a node that responds and stops delivering, without a second run', async () => {
    expect(await judge({ shows: () => 990 })).toMatchObject({
      outcome: 'failed',
      isLate: false,
      reason: 'expected: node1 has applied all of them: key 0 is 10000; got 990',
    });
  });

  it('asks a node for less that is late with 10,000 messages', async () => {
    const slow: Behaviour = { shows: atOnce, silentMs: 90_000 };
    expect(await judge(slow)).toMatchObject({ outcome: 'failed', isLate: true });
    expect(await judge({ shows: atOnce }, true)).toMatchObject({ outcome: 'passed', depth: 3_000 });
  });

  it('does not judge a node that takes too long for each message', async () => {
    const slow: Behaviour = { shows: atOnce, takesMs: 2_000 };
    expect(await judge(slow)).toMatchObject({ outcome: 'failed', isLate: true });
    expect(await judge(slow, true)).toMatchObject({
      outcome: 'not judged',
      reason: expect.stringMatching(/^node1 has taken only \d+ of 3000 messages in 60 s$/),
    });
  });
});
