import { createLogger } from '@gridclock/service-kit/logger';
import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import type { VectorClock } from '../../src/causality/vector-clock.ts';
import type { PeerHeartbeat } from '../../src/membership/ask-peers.ts';
import { bootstrap } from '../../src/membership/bootstrap.ts';
import { type CatchUpOptions, catchUp } from '../../src/membership/catch-up.ts';
import { MemberDirectory } from '../../src/membership/member-directory.ts';
import { OwnIdentity } from '../../src/membership/own-identity.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import type { KeyVersions, SnapshotPage } from '../../src/storage/storage.ts';
import type { CausalStore } from '../../src/store/causal-store.ts';
import { endpoint, idleTransport } from '../support/create-node.ts';
import { createStore } from '../support/create-store.ts';

const logger = createLogger('node', 'silent');

/** A member that a test plays. `clock` and `page` may change during the test; while not `up`, it does not respond. */
type PlayedMember = { id: string; clock: VectorClock; pruned: VectorClock; page: SnapshotPage; up: boolean };

function member(clock: VectorClock, options: Partial<PlayedMember> = {}): PlayedMember {
  return { id: 'b', clock, pruned: {}, page: { clock, keys: [], next: undefined }, up: true, ...options };
}

/** Catches up with members. Shows whether that is complete. */
function start(store: CausalStore, members: readonly PlayedMember[], options: Partial<CatchUpOptions> = {}) {
  const time = new VirtualClock();
  const transport = (played: PlayedMember) => ({
    ...idleTransport(),
    heartbeat: async () => {
      if (!played.up) throw new Error('connection refused');
      return { clock: played.clock, heardOf: played.clock, pruned: played.pruned };
    },
    snapshot: async () => {
      if (!played.up) throw new Error('connection refused');
      return played.page;
    },
  });
  const endpoints = members.map((played) => endpoint(played.id, transport(played)));
  const heard: PeerHeartbeat[] = members.map((played, index) => ({
    ...(endpoints[index] ?? endpoint(played.id)),
    heartbeat: played.up ? { clock: played.clock, heardOf: played.clock, pruned: played.pruned } : undefined,
  }));
  const run = { complete: false, time };
  const stopped = () => false;
  void catchUp(
    {
      store,
      members: () => endpoints,
      servesAlone: false,
      onWaiting() {},
      onResponse: async () => true,
      scheduler: time,
      logger,
      stopped,
      ...options,
    },
    heard,
  ).then(() => {
    run.complete = true;
  });
  return run;
}

const createStoreAt = (storage = new MemoryStorage()) => {
  const time = new VirtualClock();
  return { store: createStore({ scheduler: time, storage }), time };
};

const theirs = (counter: number) => ({ sender: 'b', key: 'x', value: counter, vc: { b: counter } });
const key = (name: string, sender: string, value: number, vc: VectorClock): KeyVersions => [
  name,
  [{ sender, value, vc }],
];
const valuesOf = async (store: CausalStore, name: string) =>
  (await store.get(name)).versions.map(({ value }) => value);

describe('catchUp', () => {
  it('resolves once the node has every write of its peer, not before', async () => {
    const { store, time } = createStoreAt();
    const run = start(store, [member({ b: 2 })], { scheduler: time });
    await store.receive([theirs(1)]);
    await time.advanceAsync(1_000);
    expect(run.complete).toBe(false);
    await store.receive([theirs(2)]);
    await time.advanceAsync(0);
    expect(run.complete).toBe(true);
  });

  it('merges what each of two members has pruned, and keeps the writes made here', async () => {
    const { store, time } = createStoreAt();
    await store.put('mine', 0);
    const run = start(
      store,
      [
        member({ b: 1 }, { pruned: { b: 1 }, page: page({ b: 1 }, [key('x', 'b', 1, { b: 1 })]) }),
        member({ c: 1 }, { id: 'c', pruned: { c: 1 }, page: page({ c: 1 }, [key('y', 'c', 2, { c: 1 })]) }),
      ],
      { scheduler: time },
    );
    await time.advanceAsync(1_000);
    expect(run.complete).toBe(true);
    expect(store.clock).toEqual({ a: 1, b: 1, c: 1 });
    expect(await valuesOf(store, 'mine')).toEqual([0]);
    expect(await valuesOf(store, 'x')).toEqual([1]);
    expect(await valuesOf(store, 'y')).toEqual([2]);
  });

  it('waits for the log of a member that has not pruned the missing writes', async () => {
    const { store, time } = createStoreAt();
    const refilled = member({ b: 1 }, { pruned: { b: 1 }, page: page({ b: 1 }, []) });
    const run = start(store, [refilled, member({ b: 1 }, { id: 'c' })], { scheduler: time });
    await store.receive([theirs(1)]);
    await time.advanceAsync(0);
    expect(run.complete).toBe(true);
    expect(await valuesOf(store, 'x')).toEqual([1]);
  });

  it('fetches a snapshot if the logs do not arrive', async () => {
    const { store, time } = createStoreAt();
    const run = start(store, [member({ b: 1 }, { page: page({ b: 1 }, [key('x', 'b', 1, { b: 1 })]) })], {
      scheduler: time,
    });
    await time.advanceAsync(10_000);
    expect(run.complete).toBe(true);
    expect(await valuesOf(store, 'x')).toEqual([1]);
  });

  it('does not wait for the writes of a member that is gone', async () => {
    const { store, time } = createStoreAt();
    const gone = member({ b: 9 });
    const run = start(store, [gone, member({ c: 1 }, { id: 'c' })], { scheduler: time });
    await store.receive([{ sender: 'c', key: 'y', value: 1, vc: { c: 1 } }]);
    gone.up = false;
    await time.advanceAsync(5_000);
    expect(run.complete).toBe(true);
  });

  it('waits for another response until the first one is accepted', async () => {
    const { store, time } = createStoreAt();
    const late = member({}, { up: false });
    let responses = 0;
    const run = start(store, [late], { scheduler: time, onResponse: async () => ++responses > 2 });
    late.up = true;
    await time.advanceAsync(10_000);
    expect(run.complete).toBe(true);
    expect(responses).toBe(3);
  });

  it('waits for one member to respond, unless the node may serve alone', async () => {
    const silent = member({}, { up: false });
    const waiting = createStoreAt();
    const run = start(waiting.store, [silent], { scheduler: waiting.time });
    await waiting.time.advanceAsync(60_000);
    expect(run.complete).toBe(false);
    const alone = createStoreAt();
    const founding = start(alone.store, [silent], { scheduler: alone.time, servesAlone: true });
    await alone.time.advanceAsync(0);
    expect(founding.complete).toBe(true);
    silent.up = true;
    await waiting.time.advanceAsync(1_000);
    expect(run.complete).toBe(true);
  });
});

function page(clock: VectorClock, keys: KeyVersions[]): SnapshotPage {
  return { clock, keys, next: undefined };
}

describe('catchUp with a snapshot of an earlier release, newer than its clock', () => {
  const newer = page({ b: 1 }, [key('x', 'b', 2, { b: 2 })]);

  it('does not resolve before the rest has arrived', async () => {
    const { store, time } = createStoreAt();
    const source = member({ b: 2 }, { pruned: { b: 1 }, page: newer });
    const run = start(store, [source], { scheduler: time });
    await time.advanceAsync(1_000);
    expect(store.clock).toEqual({ b: 1 });
    expect(run.complete).toBe(false);
    await store.receive([theirs(2)]);
    await time.advanceAsync(0);
    expect(run.complete).toBe(true);
  });

  it('replaces it from another member after a restart, if its source is gone', async () => {
    const storage = new MemoryStorage();
    await storage.adopt({ id: 'a', caughtUp: true });
    const before = createStoreAt(storage);
    const source = member({ b: 2 }, { pruned: { b: 1 }, page: newer });
    start(before.store, [source], { scheduler: before.time });
    await before.time.advanceAsync(0);
    expect(storage.awaited).toEqual({ b: 2 });
    expect(storage.identity?.caughtUp).toBe(false);

    const { store, time } = createStoreAt(storage);
    const other = member(
      { b: 1 },
      { id: 'c', up: false, page: page({ b: 1 }, [key('x', 'b', 1, { b: 1 })]) },
    );
    const run = start(store, [other], { scheduler: time, servesAlone: true });
    await time.advanceAsync(60_000);
    expect(run.complete).toBe(false);
    other.up = true;
    await time.advanceAsync(1_000);
    expect(run.complete).toBe(true);
    expect(await valuesOf(store, 'x')).toEqual([1]);
  });

  it('is not merged with writes that it does not include', async () => {
    const { store, time } = createStoreAt();
    await store.put('x', 'mine');
    const run = start(store, [member({ b: 2 }, { pruned: { b: 1 }, page: newer })], { scheduler: time });
    await time.advanceAsync(10_000);
    expect(run.complete).toBe(false);
    expect(await valuesOf(store, 'x')).toEqual(['mine']);
    expect(store.clock).toEqual({ a: 1 });
  });
});

describe('bootstrap', () => {
  it('reports that catching up is not complete until that is stored', async () => {
    const storage = new MemoryStorage();
    const listed = endpoint('b', idleTransport({ peers: [{ id: 'a', url: 'http://a:5000' }] }));
    const boot = () =>
      bootstrap(
        {
          name: 'a',
          storage,
          scheduler: new VirtualClock(),
          random: () => 0.5,
          peerWaitMs: 0,
          logger,
        },
        new MemberDirectory('a', [listed], storage, () => listed.transport),
        new OwnIdentity('a', '0123456789abcdef'),
        { renew: false, stopped: () => false, onTaken() {}, onContradicted() {} },
      );
    expect(await boot()).toMatchObject({ id: 'a', caughtUp: false });
    expect(await boot()).toMatchObject({ id: 'a', caughtUp: false });
    await storage.adopt({ id: 'a', caughtUp: true });
    expect(await boot()).toMatchObject({ id: 'a', caughtUp: true });
  });
});
