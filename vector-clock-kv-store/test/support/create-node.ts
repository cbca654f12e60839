import { createLogger } from '@gridclock/service-kit/logger';
import { VirtualClock } from '@gridclock/simulation-kit';
import { ClusterNode } from '../../src/cluster-node.ts';
import type { ClusterNodeOptions } from '../../src/cluster-node-options.ts';
import {
  type Heartbeat,
  NoClaimsError,
  type PeerEndpoint,
  type Transport,
} from '../../src/replication/transport.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';

/** A transport to a peer that acknowledges writes without reporting its clock, and otherwise has no data. */
export function idleTransport(heartbeat: Partial<Heartbeat> = {}): Transport {
  const { clock = {}, heardOf = clock } = heartbeat;
  return {
    replicate: async () => undefined,
    heartbeat: async () => ({ clock, heardOf, pruned: {}, ...heartbeat }),
    join: async () => {},
    claim: async () => {
      throw new NoClaimsError();
    },
    snapshot: async () => ({ clock, keys: [], next: undefined }),
  };
}

/** A peer at the URL that tests expect it to have. */
export function endpoint(id: string, transport = idleTransport()): PeerEndpoint {
  return { peer: { id, url: `http://${id}:5000` }, transport };
}

/** Creates `node1`, without peers and with data in memory. Options override the defaults. */
export function createNode(options: Partial<ClusterNodeOptions> = {}): ClusterNode {
  return new ClusterNode({
    name: 'node1',
    storage: new MemoryStorage(),
    peers: [],
    transportTo: () => idleTransport(),
    scheduler: new VirtualClock(),
    random: () => 0.5,
    peerWaitMs: 0,
    bufferCapacity: { writes: 100, bytes: 1e9 },
    logRetention: { writes: 10, bytes: 1e9, limitBytes: 1e9 },
    servesAlone: true,
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
