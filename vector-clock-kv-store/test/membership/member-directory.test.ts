import pWaitFor from 'p-wait-for';
import { describe, expect, it } from 'vitest';
import type { VectorClock } from '../../src/causality/vector-clock.ts';
import type { ClusterNode } from '../../src/cluster-node.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { createNode, endpoint, idleTransport } from '../support/create-node.ts';

/** Creates `node1` with one configured peer, `node2`, which has stored the writes in `clock`. */
function nodeWithPeer(clock: VectorClock, storage = new MemoryStorage()): ClusterNode {
  return createNode({ storage, peers: [endpoint('node2', idleTransport({ clock }))] });
}

describe('a node that is no longer configured', () => {
  it('is known to a node that has stored its writes', async () => {
    const storage = new MemoryStorage();
    await storage.adopt({ id: 'node1', caughtUp: true });
    await storage.commit([{ sender: 'node3', key: 'x', value: 1, vc: { node3: 1 } }]);
    const node = nodeWithPeer({}, storage);
    await node.start();
    expect(node.directory.knows('node3')).toBe(true);
    expect(node.directory.knows('node4')).toBe(false);
    await node.stop();
  });

  it('is known to a node whose peer has stored its writes', async () => {
    const storage = new MemoryStorage();
    await storage.adopt({ id: 'node1', caughtUp: true });
    const node = nodeWithPeer({ 'node3~k3x9': 1 }, storage);
    await node.start();
    await pWaitFor(() => node.directory.knows('node3'), { timeout: 10_000 });
    expect(node.directory.knows('node4')).toBe(false);
    await node.stop();
  });
});
