import { createLogger, createRegistry } from '@gridclock/service-kit';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import type { Express } from 'express';
import { createApp } from '../../src/app.ts';
import { ClusterNode } from '../../src/cluster-node.ts';
import { createStoreMetrics } from '../../src/metrics.ts';
import { FaultyTransport } from '../../src/replication/faulty-transport.ts';
import type { Transport } from '../../src/replication/transport.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';

/** A peer that answers and has nothing: it stays out of the way of a test of one node's interface. */
const quietPeer: Transport = {
  replicate: async () => undefined,
  heartbeat: async () => ({ clock: {}, heardOf: {}, pruned: {} }),
  join: async () => {},
  snapshot: async () => ({ clock: {}, entries: [], next: undefined }),
};

export type SingleNode = { app: Express; node: ClusterNode; storage: MemoryStorage };

/** The app of `node1`, whose peers `node2` and `node3` are played by the test. It serves when `node.start()` was awaited. */
export function singleNode(
  options: { token?: string; faults?: boolean; bufferCapacity?: number; rateLimitPerS?: number } = {},
): SingleNode {
  const registry = createRegistry();
  const logger = createLogger('node', 'silent');
  const links = ['node2', 'node3'].map((id) => ({
    peer: { id, url: `http://${id}:5000` },
    transport: new FaultyTransport(quietPeer, realScheduler),
  }));
  const storage = new MemoryStorage();
  const metrics = createStoreMetrics(registry, () => node);
  const node = new ClusterNode({
    transportTo: () => quietPeer,
    name: 'node1',
    storage,
    peers: links,
    scheduler: realScheduler,
    random: () => 0.5,
    peerWaitMs: 1_000,
    bufferCapacity: options.bufferCapacity ?? 100,
    logRetention: 10,
    logger,
    wallClock: Date.now,
    observers: [metrics.observer],
    onCommitted: metrics.committed,
    onFailure(error) {
      throw error;
    },
  });
  const app = createApp({
    node,
    logger,
    registry,
    metrics,
    token: options.token,
    faultyLinks: options.faults
      ? new Map(links.map(({ peer, transport }) => [peer.id, transport]))
      : undefined,
    rateLimitPerS: options.rateLimitPerS ?? 0,
  });
  return { app, node, storage };
}
