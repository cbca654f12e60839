import pWaitFor from 'p-wait-for';
import { describe, expect, it } from 'vitest';
import type { VectorClock } from '../../src/causality/vector-clock.ts';
import type { ClusterNode } from '../../src/cluster-node.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { bareNode } from '../support/bare-node.ts';

/** A node1 whose only listed peer is node2, which has what `clock` says. */
function nodeBeside(clock: VectorClock, storage = new MemoryStorage()): ClusterNode {
  return bareNode({
    storage,
    peers: [
      {
        peer: { id: 'node2', url: 'http://node2:5000' },
        transport: {
          replicate: async () => undefined,
          heartbeat: async () => ({ clock, heardOf: clock, pruned: {} }),
          join: async () => {},
          snapshot: async () => ({ clock, entries: [], next: undefined }),
        },
      },
    ],
  });
}

describe('a node that no list names any more', () => {
  it('is known to whoever has writes of it', async () => {
    const storage = new MemoryStorage();
    await storage.adopt({ id: 'node1', caughtUp: true });
    await storage.commit([{ sender: 'node3', key: 'x', value: 1, vc: { node3: 1 } }]);
    const node = nodeBeside({}, storage);
    await node.start();
    expect(node.directory.knows('node3')).toBe(true);
    expect(node.directory.knows('node4')).toBe(false);
    await node.stop();
  });

  it('is known to whoever has a peer that has writes of it, so that these can be had from there', async () => {
    const storage = new MemoryStorage();
    await storage.adopt({ id: 'node1', caughtUp: true });
    const node = nodeBeside({ 'node3~k3x9': 1 }, storage);
    await node.start();
    await pWaitFor(() => node.directory.knows('node3'), { timeout: 10_000 });
    expect(node.directory.knows('node4')).toBe(false);
    await node.stop();
  });
});
