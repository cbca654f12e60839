import { createLogger } from '@gridclock/service-kit';
import { describe, expect, it } from 'vitest';
import { forgettingFor } from '../../src/membership/forgotten-deletions.ts';
import { MemberDirectory } from '../../src/membership/member-directory.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { MEMBERS_KEY } from '../../src/storage/storage.ts';
import { endpoint, idleTransport } from '../support/create-node.ts';

const record = (counter: number, removed: boolean) => ({
  sender: 'node1',
  key: MEMBERS_KEY,
  value: { node2: { url: 'http://node2:5000', removed, revision: counter } },
  vc: { node1: counter },
});

describe('a node that is admitted again', () => {
  it('counts as removed until it counts as a peer', async () => {
    const storage = new MemoryStorage();
    await storage.commit([record(1, true)]);
    const directory = new MemberDirectory('node1', [endpoint('node2')], storage, () => idleTransport());
    directory.refresh();
    const seen = () => [directory.removed, directory.peers.map(({ id }) => id)];
    expect(seen()).toEqual([['node2'], []]);
    await storage.commit([record(2, false)]);
    expect(seen()).toEqual([['node2'], []]);
    directory.refresh();
    expect(seen()).toEqual([[], ['node2']]);
  });

  it('may return with writes that are concurrent to a deletion, until its clock is asked for', async () => {
    const storage = new MemoryStorage();
    const linked = new Set<string>();
    const forgetting = forgettingFor({
      directory: new MemberDirectory('node1', [endpoint('node2')], storage, () => idleTransport()),
      isCounted: (name) => linked.has(name),
      storage,
      store: { put: async () => ({}) },
      mayHaveUnlistedMembers: () => false,
      logger: createLogger('node', 'silent'),
    });
    expect(forgetting.mayReturn()).toBe(true);
    linked.add('node2');
    expect(forgetting.mayReturn()).toBe(false);
  });
});
