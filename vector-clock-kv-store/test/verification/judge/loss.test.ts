import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { observeNodes } from '../../../src/verification/judge/observe.ts';
import { refusals } from '../../../src/verification/judge/probes/loss.ts';
import type { ProbeRun } from '../../../src/verification/judge/probes/probe.ts';
import type { Bench } from '../../../src/verification/judge/system/bench.ts';
import { EventLog } from '../../../src/verification/judge/system/event-log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

type Peer = { id: string; mode: string; rejected: number; received: object[] };

function offer(peer: Peer, message: object): boolean {
  if (peer.mode === 'accept') peer.received.push(message);
  else peer.rejected++;
  return peer.mode === 'accept';
}

/** Judges a node that sends the messages of its writes so. */
async function judge(send: (peers: readonly Peer[], message: object) => Promise<void>) {
  const peers = ['node2', 'node3'].map((id): Peer => ({ id, mode: 'accept', rejected: 0, received: [] }));
  const dialect = {} as ProbeRun['dialect'];
  let counter = 0;
  const put = async (key: string, value: unknown) => {
    void send(peers, { sender: 'node1', key, value, vc: { node1: ++counter } });
  };
  const bench = { id: 'node1', peers, client: { put }, log: new EventLog(Date.now) } as unknown as Bench;
  const observing = observeNodes(
    () => 4_000,
    (observer) => refusals.run({ ...observer, bench: async () => bench, dialect, isRepeated: false }),
  );
  await vi.advanceTimersByTimeAsync(60_000);
  return observing;
}

describe('refusals', () => {
  it('acquits a node that sends to its peers in turn', async () => {
    const inTurn = async (peers: readonly Peer[], message: object) => {
      for (const peer of peers) while (!offer(peer, message)) await wait(200);
    };
    expect(await judge(inTurn)).toMatchObject({ outcome: 'passed' });
  });

  it('convicts a node that sends a message once', async () => {
    const once = async (peers: readonly Peer[], message: object) => {
      for (const peer of peers) offer(peer, message);
    };
    expect(await judge(once)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/^expected: every peer gets x="lost"; got nothing at node2 and node3$/),
    });
  });
});
