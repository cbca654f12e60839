import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ReceivedStatus } from './causal-store.ts';
import { dotKey } from './causality/vector-clock.ts';
import { dotOf } from './causality/write.ts';
import type { ClusterNode } from './cluster-node.ts';
import { nodeStatuses } from './membership/node-lifecycle.ts';
import type { CommitListener } from './storage/group-commit.ts';
import type { StoreObserver } from './store-observer.ts';

const receivedStatuses: readonly ReceivedStatus[] = ['applied', 'buffered', 'duplicate', 'refused'];

/** What has to be told of events; the gauges read the node by themselves. */
export type StoreMetrics = {
  /** Counts messages of `/replicate` by what became of them. */
  received: (statuses: readonly ReceivedStatus[]) => void;
  /** Counts writes that became visible, made here or delivered, how many one flush stored, and how long it took. */
  committed: CommitListener;
  /** Follows how long writes wait for their dependencies. */
  observer: StoreObserver;
};

/** The store's metrics; the gauges read the node when they are scraped. */
export function createStoreMetrics(
  registry: Registry,
  node: () => ClusterNode,
  now: () => number = Date.now,
): StoreMetrics {
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
  const batches = new Histogram({
    name: 'kv_commit_batch_writes',
    help: 'Writes that one commit stored and one flush made durable.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
    registers,
  });
  const commits = new Histogram({
    name: 'kv_commit_duration_seconds',
    help: 'Time that one commit took, its flush included: what every write waits at least.',
    // From memory, where nothing is flushed, to a disk that is overwhelmed.
    buckets: [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const delays = new Histogram({
    name: 'kv_delivery_delay_seconds',
    help: "Time from a write at another node to its being visible here, by the two nodes' clocks.",
    // From loopback to a peer that was away for an hour.
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, 3_600],
    registers,
  });
  const waiting = new Map<string, number>();
  new Gauge({
    name: 'kv_oldest_buffered_seconds',
    help: 'How long the message has waited that has waited longest for a dependency.',
    registers,
    collect() {
      // Entries come in order of arrival, so the first is the oldest.
      const [oldest] = waiting.values();
      this.set(oldest === undefined ? 0 : (now() - oldest) / 1_000);
    },
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
    name: 'kv_node_status',
    help: '1 for what the node is at the moment, 0 for the rest. It serves clients while it is ok.',
    labelNames: ['status'],
    registers,
    collect() {
      for (const status of nodeStatuses) this.set({ status }, Number(node().status === status));
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
    committed(writes, tookMs) {
      committed.inc(writes.length);
      batches.observe(writes.length);
      commits.observe(tookMs / 1_000);
      const own = node().id;
      for (const { sender, at } of writes) {
        // Clocks of two machines may differ: what seems to come from the future has just come.
        if (sender !== own && at !== undefined) delays.observe(Math.max(0, now() - at) / 1_000);
      }
    },
    observer: {
      onWrite() {},
      onReceipt(write, receipt) {
        if (receipt.status === 'buffered') waiting.set(dotKey(dotOf(write)), now());
        if (receipt.status !== 'applied') return;
        for (const delivered of receipt.delivered) waiting.delete(dotKey(dotOf(delivered)));
      },
      onInstall() {
        waiting.clear();
      },
    },
  };
}
