import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { withoutMember } from '../../src/membership/members.ts';
import type { Transport } from '../../src/replication/transport.ts';
import { MEMBERS_KEY } from '../../src/storage/reserved-keys.ts';
import { bareNode } from '../support/bare-node.ts';

/** A peer that has nothing, and says that these nodes were removed. */
function peerSaying(removed: readonly string[]): Transport {
  return {
    replicate: async () => undefined,
    heartbeat: async () => ({ clock: {}, heardOf: {}, pruned: {}, removed }),
    join: async () => {},
    snapshot: async () => ({ clock: {}, entries: [], next: undefined }),
  };
}

describe('a node that a peer says was removed', () => {
  it('serves nobody until that peer no longer says so or is itself no longer in the cluster', async () => {
    const time = new VirtualClock();
    const node2 = { id: 'node2', url: 'http://node2:5000' };
    const node = bareNode({
      peers: [
        { peer: node2, transport: peerSaying(['node1']) },
        { peer: { id: 'node3', url: 'http://node3:5000' }, transport: peerSaying([]) },
      ],
      transportTo: () => peerSaying([]),
      scheduler: time,
    });
    const started = node.start();
    await time.advanceAsync(0);
    await started;
    await time.advanceAsync(2_000);
    expect(node.status).toBe('removed');

    const departure = {
      sender: 'node3',
      key: MEMBERS_KEY,
      value: withoutMember({}, node2),
      vc: { node3: 1 },
    };
    await node.store?.receive([departure]);
    await time.advanceAsync(2_000);
    expect(node.directory.peers.map(({ id }) => id)).toEqual(['node3']);
    expect(node.status).toBe('ok');
  });
});
