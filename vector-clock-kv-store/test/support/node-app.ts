import { AddressGuard, allowedPeersVariable, createLogger, createRegistry } from '@gridclock/service-kit';
import { VirtualClock } from '@gridclock/simulation-kit';
import type { Express } from 'express';
import request from 'supertest';
import { afterEach, beforeEach } from 'vitest';
import { createApp } from '../../src/app.ts';
import type { ClusterNode } from '../../src/cluster-node.ts';
import type { AskPeer } from '../../src/live/peer-requests.ts';
import { createStoreMetrics } from '../../src/metrics.ts';
import { FaultyTransport } from '../../src/replication/faulty-transport.ts';
import type { Heartbeat, Transport } from '../../src/replication/transport.ts';
import type { WireFormats } from '../../src/replication/wire-formats.ts';
import type { DiskState } from '../../src/storage/full-disk.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { createNode, endpoint, idleTransport } from './create-node.ts';

export type NodeAppOptions = {
  token?: string;
  onTokenFrom?: (name: string) => void;
  /** Drawn at random, the same for every node, if absent. */
  life?: string;
  faults?: boolean;
  bufferCapacity?: number;
  rateLimitPerS?: number;
  watchLimit?: number;
  disk?: DiskState;
  wire?: WireFormats;
  /** Plays the peers for the live page, which the node has only with it. */
  askPeer?: AskPeer;
};

export type NodeApp = {
  app: Express;
  node: ClusterNode;
  storage: MemoryStorage;
  clock: VirtualClock;
  /** Changes what a peer reports in its heartbeats. */
  hear: (peer: string, heartbeat: Partial<Heartbeat>) => void;
};

/** The wall clock of every node that these functions create, in milliseconds since 1970. */
export const NOW = 1_700_000_000_000;

/** Creates `node1` with its HTTP interface. The test plays its peers `node2` and `node3`. It is not started. */
export function createNodeApp(options: NodeAppOptions = {}): NodeApp {
  const registry = createRegistry();
  const logger = createLogger('node', 'silent');
  const clock = new VirtualClock();
  const heard = new Map<string, Partial<Heartbeat>>();
  const played = (id: string): Transport => ({
    ...idleTransport(),
    heartbeat: () => idleTransport(heard.get(id)).heartbeat(),
  });
  const links = new Map(['node2', 'node3'].map((id) => [id, new FaultyTransport(played(id), clock)]));
  const storage = new MemoryStorage();
  const metrics = createStoreMetrics(
    registry,
    () => node,
    () => NOW,
  );
  const node = createNode({
    storage,
    ...(options.life === undefined ? {} : { life: options.life }),
    disk: options.disk,
    ...(options.wire === undefined ? {} : { wire: options.wire }),
    scheduler: clock,
    logger,
    peers: [...links].map(([id, transport]) => endpoint(id, transport)),
    bufferCapacity: { writes: options.bufferCapacity ?? 100, bytes: 1e9 },
    wallClock: () => NOW,
    observers: [metrics.observer],
    onCommitted: metrics.committed,
  });
  const app = createApp({
    node,
    logger,
    registry,
    metrics,
    token: options.token,
    ...(options.onTokenFrom === undefined ? {} : { onTokenFrom: options.onTokenFrom }),
    guard: new AddressGuard(allowedPeersVariable().parse(undefined)),
    faultyLinks: options.faults ? links : undefined,
    rateLimitPerS: options.rateLimitPerS ?? 0,
    ...(options.askPeer === undefined ? {} : { askPeer: options.askPeer }),
    ...(options.watchLimit === undefined ? {} : { watchLimit: options.watchLimit }),
  });
  return { app, node, storage, clock, hear: (peer, heartbeat) => heard.set(peer, heartbeat) };
}

/** Serves a fresh `node1` for each test of the file or `describe` block that calls this. */
export function servedNode(options: NodeAppOptions = {}) {
  let created: NodeApp;
  beforeEach(async () => {
    created = createNodeApp(options);
    await created.node.start();
  });
  afterEach(() => created.node.stop());
  return {
    get app() {
      return created.app;
    },
    get node() {
      return created.node;
    },
    get storage() {
      return created.storage;
    },
    hear: (peer: string, heartbeat: Partial<Heartbeat>) => created.hear(peer, heartbeat),
    advance: (ms: number) => created.clock.advanceAsync(ms),
    put: (body: object) => request(created.app).post('/put').send(body),
    replicate: (body: object) => request(created.app).post('/replicate').send(body),
    /** Sends a request and moves the node's clock until the response arrives. */
    async passTime(test: request.Test): Promise<request.Response> {
      let responded = false;
      const response = Promise.resolve(test).finally(() => {
        responded = true;
      });
      while (!responded) await created.clock.advanceAsync(100);
      return response;
    },
    state: async () => (await request(created.app).get('/state')).body,
  };
}
