import { Counter, Gauge, type Registry } from 'prom-client';
import type { ReceivedStatus } from './causal-store.ts';
import type { ClusterNode } from './cluster-node.ts';

const receivedStatuses: readonly ReceivedStatus[] = ['applied', 'buffered', 'duplicate', 'refused'];

export type StoreMetrics = {
  /** Counts messages of `/replicate` by what became of them. */
  received: (statuses: readonly ReceivedStatus[]) => void;
  /** Counts writes that became visible, made here or delivered. */
  committed: (writes: number) => void;
};

/** The store's metrics; the gauges read the node when they are scraped. */
export function createStoreMetrics(registry: Registry, node: () => ClusterNode): StoreMetrics {
  const registers = [registry];
  const received = new Counter({
    name: 'kv_replicate_messages_total',
    help: 'Messages received from peers, by what became of them.',
    labelNames: ['status'],
    registers,
  });
  for (const status of receivedStatuses) received.inc({ status }, 0);
  const committed = new Counter({
    name: 'kv_committed_writes_total',
    help: 'Writes stored and made visible, made here or delivered.',
    registers,
  });
  new Gauge({
    name: 'kv_clock_entry',
    help: 'Writes of each node that are visible here.',
    labelNames: ['node'],
    registers,
    collect() {
      this.reset();
      for (const [id, counter] of Object.entries(node().clock)) this.set({ node: id }, counter);
    },
  });
  new Gauge({
    name: 'kv_buffered_messages',
    help: 'Messages that wait for a dependency.',
    registers,
    collect() {
      this.set(node().store?.bufferDepth ?? 0);
    },
  });
  new Gauge({
    name: 'kv_peer_lag_writes',
    help: "This node's own writes that the peer is not known to have.",
    labelNames: ['peer'],
    registers,
    collect() {
      this.reset();
      for (const [peer, lag] of node().replicator?.lag() ?? []) this.set({ peer }, lag);
    },
  });
  return {
    received(statuses) {
      for (const status of statuses) received.inc({ status });
    },
    committed(writes) {
      committed.inc(writes);
    },
  };
}
