import { createLogger } from '@gridclock/service-kit';
import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { bootstrap } from '../../src/membership/bootstrap.ts';
import { MemberDirectory } from '../../src/membership/member-directory.ts';
import { OwnIdentity } from '../../src/membership/own-identity.ts';
import type { Heartbeat, Transport } from '../../src/replication/transport.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { endpoint, idleTransport } from '../support/create-node.ts';

const life = '0123456789abcdef';
const earlier = 'fedcba9876543210';

const silent: Transport = {
  ...idleTransport(),
  heartbeat: () => Promise.reject(new Error('connection refused')),
};

/** Starts `node1` with these peers, whose heartbeats list it, and returns the id that it takes. */
async function idWith(
  peers: readonly (Partial<Heartbeat> | Transport)[],
  storage: Storage = new MemoryStorage(),
  { scheduler = new VirtualClock(), peerWaitMs = 0 } = {},
) {
  const endpoints = peers.map((peer, index) =>
    endpoint(`node${index + 2}`, 'replicate' in peer ? peer : idleTransport(peer)),
  );
  const { id, caughtUp } = await bootstrap(
    {
      name: 'node1',
      storage,
      scheduler,
      random: () => 0.5,
      peerWaitMs,
      logger: createLogger('node', 'silent'),
    },
    new MemberDirectory('node1', endpoints, storage, () => silent),
    new OwnIdentity('node1', life),
    { renew: false, stopped: () => false, onTaken() {}, onContradicted() {} },
  );
  return { id, caughtUp, stored: storage.identity };
}

/** Storage with three writes of an earlier life of `node1`. */
async function storageWithThree(): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  await storage.adopt({
    id: 'node1',
    caughtUp: true,
    lineage: [{ life: earlier, id: 'node1', from: 0 }],
  });
  for (let n = 1; n <= 3; n++) {
    await storage.commit([{ sender: 'node1', key: 'x', value: n, vc: { node1: n } }]);
  }
  return storage;
}

const incarnation = 'node1~80000000';

describe('a node without data, among peers that have no claims', () => {
  it('takes its plain name if no peer has heard of a write under it', async () => {
    expect(await idWith([{}, { clock: { node2: 4 } }])).toMatchObject({ id: 'node1', caughtUp: false });
  });

  it('takes its plain name without peers', async () => {
    expect(await idWith([])).toMatchObject({ id: 'node1' });
  });

  it('starts a new incarnation if a peer has a write under the plain name', async () => {
    expect(await idWith([{}, { clock: { node1: 1 } }])).toMatchObject({ id: incarnation });
  });

  it('starts a new incarnation if such a write is only buffered', async () => {
    expect(await idWith([{ heardOf: { node1: 2 } }])).toMatchObject({ id: incarnation });
  });

  it('starts a new incarnation if a peer does not respond', async () => {
    expect(await idWith([{}, silent])).toMatchObject({ id: incarnation });
  });
});

describe('a node with data', () => {
  it('continues its numbering if every peer answers and none knows a later write', async () => {
    expect(await idWith([{ clock: { node1: 3 } }, {}], await storageWithThree())).toMatchObject({
      id: 'node1',
      caughtUp: true,
      stored: {
        lineage: [
          { life: earlier, from: 0 },
          { life, id: 'node1', from: 3 },
        ],
      },
    });
  });

  it('starts a new incarnation and catches up if a peer knows a later write', async () => {
    expect(await idWith([{}, { clock: { node1: 4 } }], await storageWithThree())).toMatchObject({
      id: incarnation,
      caughtUp: false,
    });
  });

  it('starts a new incarnation, with its data, if a peer does not respond', async () => {
    expect(await idWith([{}, silent], await storageWithThree())).toMatchObject({
      id: incarnation,
      caughtUp: true,
    });
  });

  it('waits at most 5 s for a peer that does not respond, because it can serve without', async () => {
    const scheduler = new VirtualClock();
    const started = idWith([{}, silent], await storageWithThree(), { scheduler, peerWaitMs: 120_000 });
    await scheduler.advanceAsync(5_500);
    expect(await started).toMatchObject({ id: incarnation, caughtUp: true });
  });

  /** A member that has nothing against the claim. */
  const granting = (witness?: boolean): Transport => ({
    ...idleTransport(),
    claim: async () => ({
      record: [{ life: earlier, id: 'node1', from: 0 }],
      ...(witness === undefined ? {} : { witness }),
    }),
  });

  it.each([
    { members: [granting(true), granting(false)], continues: true },
    { members: [granting(false), granting(false)], continues: false },
    { members: [granting(), granting(false)], continues: false },
    { members: [granting(), granting()], continues: true },
    { members: [], continues: false },
  ])('continues its numbering only if a member can tell that it is no earlier copy', async (example) => {
    const { members, continues } = example;
    expect(await idWith(members, await storageWithThree())).toMatchObject({
      id: continues ? 'node1' : incarnation,
      // Whatever it is, it is all that the node has acknowledged.
      caughtUp: true,
    });
  });

  it.each([
    {
      case: 'members that were not there before',
      members: [granting(false), granting(false)],
      continues: true,
    },
    { case: 'no members', members: [], continues: true },
    { case: 'a silent member', members: [granting(false), silent], continues: false },
    { case: 'a member with a later write', members: [{ clock: { node1: 4 } }], continues: false },
  ])('continues its numbering on data that is in place, with $case: $continues', async (example) => {
    const { members, continues } = example;
    const storage = Object.assign(await storageWithThree(), { inPlace: true });
    expect((await idWith(members, storage)).id).toBe(continues ? 'node1' : incarnation);
  });

  it('starts a new incarnation if a member has recorded another life', async () => {
    const transport: Transport = {
      ...idleTransport(),
      claim: async () => ({
        refusal: 'another life',
        record: [{ life: 'aaaaaaaaaaaaaaaa', id: 'node1', from: 1 }],
      }),
    };
    expect(await idWith([transport], await storageWithThree())).toMatchObject({
      id: incarnation,
      caughtUp: false,
      // Its writes 2 and 3 contradict those of the other life.
      stored: { disowned: { id: 'node1', after: 0 } },
    });
  });
});
