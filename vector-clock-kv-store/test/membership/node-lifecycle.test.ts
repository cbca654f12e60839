import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { withoutMember } from '../../src/membership/member-records.ts';
import { MEMBERS_KEY } from '../../src/storage/storage.ts';
import { createNode, endpoint, idleTransport } from '../support/create-node.ts';

describe('a node that a peer has removed', () => {
  it('does not serve until that peer withdraws it or leaves the cluster', async () => {
    const time = new VirtualClock();
    const node2 = endpoint('node2', idleTransport({ removed: ['node1'] }));
    const node = createNode({
      peers: [node2, endpoint('node3', idleTransport({ removed: [] }))],
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
      value: withoutMember({}, node2.peer),
      vc: { node3: 1 },
    };
    await node.store?.receive([departure]);
    await time.advanceAsync(2_000);
    expect(node.directory.peers.map(({ id }) => id)).toEqual(['node3']);
    expect(node.status).toBe('ok');
  });
});
