import { createLogger } from '@gridclock/service-kit';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { ClusterNode, type ClusterNodeOptions } from '../../src/cluster-node.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';

/** A node1 without peers, routes or metrics, that waits for nobody; what a test is about is given in `options`. */
export function bareNode(options: Partial<ClusterNodeOptions> = {}): ClusterNode {
  return new ClusterNode({
    name: 'node1',
    storage: new MemoryStorage(),
    peers: [],
    transportTo() {
      throw new Error('nobody joins');
    },
    scheduler: realScheduler,
    random: () => 0.5,
    peerWaitMs: 0,
    bufferCapacity: 10,
    logRetention: 10,
    logger: createLogger('node', 'silent'),
    wallClock: () => 0,
    observers: [],
    onCommitted() {},
    onFailure(error) {
      throw error;
    },
    ...options,
  });
}
