import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import type { WireFormats } from '../../src/replication/wire-formats.ts';
import { createNode, endpoint, idleTransport } from '../support/create-node.ts';
import { write } from '../support/sample-write.ts';

const later: WireFormats = { reads: [2, 3], writes: 3 };

/** A peer whose release can be replaced, and what was sent to it. */
function upgradable(id: string, wire?: WireFormats) {
  const peer = { wire, received: 0 };
  const transport = {
    ...idleTransport(),
    heartbeat: () => idleTransport({ name: id, status: 'ok', wire: peer.wire, peers: [] }).heartbeat(),
    replicate: async (writes: readonly unknown[]) => {
      peer.received += writes.length;
      return undefined;
    },
  };
  return Object.assign(peer, { endpoint: endpoint(id, transport) });
}

describe('a node that starts beside members of releases that are too old', () => {
  it('waits, says which to update, and serves once that has happened', async () => {
    const scheduler = new VirtualClock();
    const [node2, node3] = [upgradable('node2'), upgradable('node3')];
    const node = createNode({ scheduler, wire: later, peers: [node2.endpoint, node3.endpoint] });
    const started = node.start();
    await scheduler.advanceAsync(60_000);
    expect(node.status).toBe('starting');
    expect(node.notServing).toBe(
      'starting: node2 reads version 1 of the messages between nodes, this node versions 2 to 3; update node2',
    );
    expect(node.incompatiblePeers.map(({ peer, reads }) => ({ peer, reads }))).toEqual([
      { peer: 'node2', reads: [1, 1] },
      { peer: 'node3', reads: [1, 1] },
    ]);
    expect(node.identities.wire.versionOf('node2')).toBe(0);

    node2.wire = { reads: [1, 2], writes: 1 };
    await scheduler.advanceAsync(60_000);
    await started;
    expect(node.status).toBe('ok');
    expect(node.incompatiblePeers.map(({ peer }) => peer)).toEqual(['node3']);
    expect(node.identities.wire.versionOf('node2')).toBe(2);
    await node.stop();
  });
});

describe('a node that serves', () => {
  it('goes on when a peer becomes incompatible, and sends it the rest when it is compatible again', async () => {
    const scheduler = new VirtualClock();
    const node2 = upgradable('node2', { reads: [1, 2], writes: 2 });
    const wire: WireFormats = { reads: [1, 1], writes: 1 };
    const node = createNode({ scheduler, wire, peers: [node2.endpoint] });
    const started = node.start();
    await scheduler.advanceAsync(1_000);
    await started;
    node2.wire = { reads: [2, 3], writes: 3 };
    await scheduler.advanceAsync(10_000);
    const sent = node2.received;
    const { key, value } = write('node1', 1);
    const put = node.store?.put(key, value);
    await scheduler.advanceAsync(10_000);
    await put;
    expect(node.status).toBe('ok');
    expect(node.incompatiblePeers[0]?.message).toContain('this node version 1; update this node');
    expect(node2.received).toBe(sent);

    node2.wire = { reads: [1, 3], writes: 3 };
    await scheduler.advanceAsync(10_000);
    expect(node.incompatiblePeers).toEqual([]);
    expect(node2.received).toBeGreaterThan(sent);
    await node.stop();
  });
});
