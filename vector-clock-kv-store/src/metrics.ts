import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { dotKey } from './causality/vector-clock.ts';
import { dotOf } from './causality/write.ts';
import type { ClusterNode } from './cluster-node.ts';
import { DeliveryDelays } from './delivery-delays.ts';
import { type ConflictKind, conflictKinds } from './membership/conflict-log.ts';
import { nodeStatuses } from './membership/node-lifecycle.ts';
import type { CommitListener } from './storage/group-commit.ts';
import type { ReceivedStatus } from './store/receive-writes.ts';
import type { StoreObserver } from './store/store-observer.ts';

const receivedStatuses: readonly ReceivedStatus[] = [
  'applied',
  'buffered',
  'duplicate',
  'refused',
  'no-room',
];

/** The callbacks that feed the counters and histograms; gauges read the node when they are scraped. */
export type StoreMetrics = {
  /** Counts messages of `/replicate` by status. */
  received: (statuses: readonly ReceivedStatus[]) => void;
  /** Counts the writes of a commit, and measures its size, its duration and the delivery delays. */
  committed: CommitListener;
  /** Counts conflicts about identities. */
  conflict: (kind: ConflictKind) => void;
  /** Measures how long writes wait for a dependency. */
  observer: StoreObserver;
};

/** Registers the store's metrics. */
export function createStoreMetrics(
  registry: Registry,
  node: () => ClusterNode,
  now: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): StoreMetrics {
  const registers = [registry];
  const received = new Counter({
    name: 'kv_replicate_messages_total',
    help: 'Messages received from peers, by resulting status.',
    labelNames: ['status'],
    registers,
  });
  for (const status of receivedStatuses) received.inc({ status }, 0);
  const conflicts = new Counter({
    name: 'kv_identity_conflicts_total',
    help: 'Conflicts about the identity of this node or of a peer, by kind.',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of conflictKinds) conflicts.inc({ kind }, 0);
  const committed = new Counter({
    name: 'kv_committed_writes_total',
    help: 'Writes stored and visible, whether made here or delivered.',
    registers,
  });
  const batches = new Histogram({
    name: 'kv_commit_batch_writes',
    help: 'Writes per commit; one flush makes them durable together.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
    registers,
  });
  const commits = new Histogram({
    name: 'kv_commit_duration_seconds',
    help: 'Duration of a commit including its flush: the minimum latency of a write.',
    // From memory, without a flush, to an overloaded disk.
    buckets: [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const delays = new Histogram({
    name: 'kv_delivery_delay_seconds',
    help: 'Time from a write at another node until it is visible here, by both wall clocks; without those that a step of a clock made implausible.',
    // From loopback to a peer that was offline for an hour.
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, 3_600],
    registers,
  });
  // Once: the histogram would create a function for every write.
  const delayed = delays.labels({});
  const delivery = new DeliveryDelays(now, monotonic);
  const waiting = new Map<string, number>();
  new Gauge({
    name: 'kv_oldest_buffered_seconds',
    help: 'Age of the oldest message that waits for a dependency.',
    registers,
    collect() {
      // A Map iterates in order of insertion, so the first is the oldest.
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
      for (const [id, counter] of Object.entries(node().liveClock)) this.set({ node: id }, counter);
    },
  });
  new Gauge({
    name: 'kv_clock_entries',
    help: 'Node ids by state. Clocks omit the retired ones: incarnations that are gone and whose writes all members have.',
    labelNames: ['state'],
    registers,
    collect() {
      this.set({ state: 'live' }, Object.keys(node().liveClock).length);
      this.set({ state: 'retired' }, node().retired.size);
    },
  });
  new Gauge({
    name: 'kv_node_status',
    help: '1 for the current status of the node, 0 for the others. It serves clients in status ok.',
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
    name: 'kv_buffered_bytes',
    help: 'Memory of the messages that wait for a dependency; BUFFER_BYTES limits it.',
    registers,
    collect() {
      this.set(node().store?.bufferBytes ?? 0);
    },
  });
  new Gauge({
    name: 'kv_rejected_writes',
    help: 'Writes that the peer rejects for good; what depends on them waits.',
    labelNames: ['peer'],
    registers,
    collect() {
      this.reset();
      for (const [peer] of node().replicator?.lag() ?? []) this.set({ peer }, 0);
      for (const { peer } of node().replicator?.rejected() ?? []) this.inc({ peer });
    },
  });
  new Gauge({
    name: 'kv_peer_wire_version',
    help: 'Version of the messages that this node and the peer exchange; 0 if they have none in common.',
    labelNames: ['peer'],
    registers,
    collect() {
      this.reset();
      const { directory, identities } = node();
      for (const { id } of directory.peers) {
        const version = identities.wire.versionOf(id);
        if (version !== undefined) this.set({ peer: id }, version);
      }
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
      const counts = new Map<ReceivedStatus, number>();
      for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
      for (const [status, count] of counts) received.inc({ status }, count);
    },
    conflict: (kind) => conflicts.inc({ kind }),
    committed(writes, tookMs) {
      committed.inc(writes.length);
      batches.observe(writes.length);
      commits.observe(tookMs / 1_000);
      const own = node().id;
      for (const write of writes) {
        const delayMs = write.sender === own ? undefined : delivery.measure(write);
        if (delayMs !== undefined) delayed.observe(delayMs / 1_000);
      }
    },
    observer: {
      onWrite() {},
      onReceipt(write, receipt) {
        if (receipt.status === 'buffered') waiting.set(dotKey(dotOf(write)), now());
        if (receipt.status !== 'applied' || waiting.size === 0) return;
        for (const delivered of receipt.delivered) waiting.delete(dotKey(dotOf(delivered)));
      },
      onInstall() {
        waiting.clear();
      },
      onHeartbeat: (peer, clock, tookMs) => delivery.heard(peer, clock, tookMs),
    },
  };
}
