import { createLogger } from '@gridclock/service-kit';
import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { InstallingError } from '../../src/causal-store.ts';
import type { VectorClock } from '../../src/causality/vector-clock.ts';
import { catchUp, type PeerAnswer } from '../../src/membership/catch-up.ts';
import { enterCluster } from '../../src/membership/enter-cluster.ts';
import { MemberDirectory } from '../../src/membership/member-directory.ts';
import type { SnapshotPage } from '../../src/replication/transport.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { loneStore } from '../support/lone-store.ts';

const logger = createLogger('node', 'silent');
const never = () => false;
const emptyPage: SnapshotPage = { clock: {}, entries: [], next: undefined };

/** A peer that has what `clock` says, and in its log what follows `pruned`. */
function peer(clock: VectorClock, pruned: VectorClock = {}, page: SnapshotPage = emptyPage): PeerAnswer {
  const answer = { clock, heardOf: clock, pruned, peers: [{ id: 'a', url: 'http://a:5000' }] };
  return {
    peer: { id: 'b', url: 'http://b:5000' },
    transport: {
      replicate: async () => undefined,
      heartbeat: async () => answer,
      join: async () => {},
      snapshot: async () => page,
    },
    answer,
  };
}

const theirs = (counter: number) => ({ sender: 'b', key: 'x', value: counter, vc: { b: counter } });

describe('a node that has nothing', () => {
  it('has caught up when it has all that its peer had, and not before', async () => {
    const time = new VirtualClock();
    const store = loneStore(undefined, time);
    let caughtUp = false;
    void catchUp(store, [peer({ b: 2 })], logger, never).then(() => {
      caughtUp = true;
    });
    await store.receive([theirs(1)]);
    await time.advanceAsync(60_000);
    expect(caughtUp).toBe(false);
    await store.receive([theirs(2)]);
    await time.advanceAsync(0);
    expect(caughtUp).toBe(true);
  });

  it('has not caught up by a snapshot alone when that shows more than it counts', async () => {
    const time = new VirtualClock();
    const store = loneStore(undefined, time);
    const { sender, value, vc } = theirs(2);
    const page: SnapshotPage = {
      clock: { b: 1 },
      entries: [['x', [{ sender, value, vc }]]],
      next: undefined,
    };
    let caughtUp = false;
    void catchUp(store, [peer({ b: 1 }, { b: 1 }, page)], logger, never).then(() => {
      caughtUp = true;
    });
    await time.advanceAsync(60_000);
    expect(store.clock).toEqual({ b: 1 });
    expect(caughtUp).toBe(false);
    await store.receive([theirs(2)]);
    await time.advanceAsync(0);
    expect(caughtUp).toBe(true);
  });

  it('catches up again when it ended before it had', async () => {
    const storage = new MemoryStorage();
    const { peer: listed, transport } = peer({});
    const enter = () =>
      enterCluster(
        {
          name: 'a',
          storage,
          scheduler: new VirtualClock(),
          random: () => 0.5,
          peerWaitMs: 0,
          logger,
        },
        new MemberDirectory('a', [{ peer: listed, transport }], storage, () => transport),
        never,
      );
    expect(await enter()).toMatchObject({ id: 'a', caughtUp: false });
    expect(await enter()).toMatchObject({ id: 'a', caughtUp: false });
    await storage.adopt({ id: 'a', caughtUp: true });
    expect(await enter()).toMatchObject({ id: 'a', caughtUp: true });
  });
});

describe('a node that has writes of its own', () => {
  it('keeps them rather than take a snapshot that lacks them', async () => {
    const store = loneStore();
    await store.put('x', 'mine');
    await expect(store.install(async () => ({ ...emptyPage, clock: { b: 7 } }))).rejects.toThrow(
      InstallingError,
    );
    expect((await store.get('x')).versions).toMatchObject([{ value: 'mine' }]);
    expect(store.clock).toEqual({ a: 1 });
  });
});
