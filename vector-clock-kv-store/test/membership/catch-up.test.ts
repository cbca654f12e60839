import { createLogger } from '@gridclock/service-kit/logger';
import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import type { VectorClock } from '../../src/causality/vector-clock.ts';
import type { PeerHeartbeat } from '../../src/membership/ask-peers.ts';
import { bootstrap } from '../../src/membership/bootstrap.ts';
import { catchUp } from '../../src/membership/catch-up.ts';
import { MemberDirectory } from '../../src/membership/member-directory.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import type { SnapshotPage } from '../../src/storage/storage.ts';
import { InstallingError } from '../../src/store/causal-store.ts';
import { endpoint, idleTransport } from '../support/create-node.ts';
import { createStore } from '../support/create-store.ts';

const logger = createLogger('node', 'silent');
const never = () => false;
const emptyPage: SnapshotPage = { clock: {}, keys: [], next: undefined };

/** A peer that has stored the writes in `clock` and pruned those in `pruned` from its log. */
function peer(clock: VectorClock, pruned: VectorClock = {}, page: SnapshotPage = emptyPage): PeerHeartbeat {
  const heartbeat = { clock, heardOf: clock, pruned, peers: [{ id: 'a', url: 'http://a:5000' }] };
  const transport = { ...idleTransport(heartbeat), snapshot: async () => page };
  return { ...endpoint('b', transport), heartbeat };
}

const theirs = (counter: number) => ({ sender: 'b', key: 'x', value: counter, vc: { b: counter } });

describe('catchUp', () => {
  it('resolves once the node has every write of its peer, not before', async () => {
    const time = new VirtualClock();
    const store = createStore({ scheduler: time });
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

  it('does not resolve after a snapshot with versions newer than its clock', async () => {
    const time = new VirtualClock();
    const store = createStore({ scheduler: time });
    const { sender, value, vc } = theirs(2);
    const page: SnapshotPage = {
      clock: { b: 1 },
      keys: [['x', [{ sender, value, vc }]]],
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

  it('is repeated after a restart until it is complete', async () => {
    const storage = new MemoryStorage();
    const { peer: listed, transport } = peer({});
    const start = () =>
      bootstrap(
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
    expect(await start()).toMatchObject({ id: 'a', caughtUp: false });
    expect(await start()).toMatchObject({ id: 'a', caughtUp: false });
    await storage.adopt({ id: 'a', caughtUp: true });
    expect(await start()).toMatchObject({ id: 'a', caughtUp: true });
  });
});

describe('a node with unsent writes', () => {
  it('rejects a snapshot that does not include them', async () => {
    const store = createStore();
    await store.put('x', 'mine');
    await expect(store.install(async () => ({ ...emptyPage, clock: { b: 7 } }))).rejects.toThrow(
      InstallingError,
    );
    expect((await store.get('x')).versions).toMatchObject([{ value: 'mine' }]);
    expect(store.clock).toEqual({ a: 1 });
  });
});
