import { AddressGuard, EnvironmentError, runService } from '@gridclock/service-kit';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { SuiteControl } from '@gridclock/ui-kit/control';
import { createApp } from './app.ts';
import { drawLife } from './causality/lineage.ts';
import type { Peer } from './causality/peer.ts';
import { ClusterNode } from './cluster-node.ts';
import { nodeVariables } from './config.ts';
import { LOG_LIMIT_BYTES, MAX_REQUEST_HEADER_BYTES } from './limits.ts';
import { askThrough } from './live/peer-requests.ts';
import { ownHostNames } from './membership/own-host-names.ts';
import { parsePeers } from './membership/parse-peers.ts';
import { createStoreMetrics } from './metrics.ts';
import { exitCodeOf, openStorage } from './open-storage.ts';
import { FaultyTransport } from './replication/faulty-transport.ts';
import { HttpTransport } from './replication/http-transport.ts';
import { LinkFaults } from './replication/link-faults.ts';
import { NODE_ROLE } from './routes/node-certificate.ts';
import { classifyRequests } from './routes/request-class.ts';
import { DiskFullError } from './storage/full-disk.ts';
import { startTrace } from './trace/node-trace.ts';
import { WriteTracing } from './tracing/write-tracing.ts';

await runService(
  'node',
  nodeVariables,
  async ({ config, logger, registry, tls, tracing }) => {
    const metrics = createStoreMetrics(registry, () => node);
    const trace = config.TRACE ? startTrace(config.NODE_ID, Date.now, Math.random) : undefined;
    const writeTracing = tracing && new WriteTracing(tracing);
    const { storage, disk } = await openStorage(config.DATA_DIR, config.NODE_ID, logger, registry);
    const life = drawLife(Math.random);
    const peers = readPeers(config.NODE_ID, config.PEERS);
    const guard = new AddressGuard(
      config.ALLOWED_PEERS,
      peers.map(({ url }) => url),
    );
    let sequence = 0;
    const connection = {
      self: config.NODE_ID,
      life,
      token: config.CLUSTER_TOKEN,
      nextSequence: () => ++sequence,
      tokenSenders: new Set<string>(),
      guard,
      tls: tls?.peers(NODE_ROLE),
      tracing: writeTracing,
    };
    const isConfigured = ({ id, url }: Peer) => peers.some((peer) => peer.id === id && peer.url === url);
    const faultyLinks = new Map<string, FaultyTransport>();
    const transportTo = (peer: Peer) => {
      const transport = new FaultyTransport(
        new HttpTransport(peer, {
          ...connection,
          isConfigured: isConfigured(peer),
          traceContext: (writes) => trace?.sent(peer.id, writes),
        }),
        realScheduler,
        // A link to a member that has moved is as faulty as the one before.
        faultyLinks.get(peer.id)?.faults ??
          new LinkFaults(realScheduler, trace?.faultObserver(peer.id), ({ action, durationMs }) => {
            logger.info({ peer: peer.id, action, durationMs }, 'fault ended: its time is over');
            node.replicator?.repair(peer.id);
          }),
      );
      faultyLinks.set(peer.id, transport);
      return transport;
    };
    const askPeer = askThrough((peer) => {
      const transport = new HttpTransport(peer, { ...connection, isConfigured: isConfigured(peer) });
      return (_peer, { method, path, body }) => transport.ask(method, path, body);
    });
    const node = new ClusterNode({
      name: config.NODE_ID,
      storage,
      disk,
      peers: peers.map((peer) => ({ peer, transport: transportTo(peer) })),
      transportTo,
      heartbeatAt: async (peer) => {
        faultyLinks.get(peer.id)?.checkPassable();
        return new HttpTransport(peer, { ...connection, isConfigured: isConfigured(peer) }).heartbeat();
      },
      life,
      onConflict: metrics.conflict,
      advertisedUrl: config.ADVERTISE_URL,
      scheduler: realScheduler,
      random: Math.random,
      peerWaitMs: config.PEER_WAIT_MS,
      bufferCapacity: { writes: config.BUFFER_CAPACITY, bytes: config.BUFFER_BYTES },
      logRetention: {
        writes: config.LOG_RETENTION,
        bytes: config.LOG_RETENTION_BYTES,
        limitBytes:
          config.LOG_LIMIT_BYTES ?? LOG_LIMIT_BYTES[config.DATA_DIR === undefined ? 'memory' : 'disk'],
      },
      servesAlone: config.DATA_DIR === undefined || config.FOUND_CLUSTER,
      logger,
      wallClock: Date.now,
      observers: [metrics.observer, trace, writeTracing].filter((observer) => observer !== undefined),
      onCommitted: writeTracing?.afterCommit(metrics.committed) ?? metrics.committed,
      onFailure(error) {
        // While the process stops, writes that waited for room fail; none of them was acknowledged.
        if (error instanceof DiskFullError) return;
        logger.fatal({ err: error }, 'storage write failed; exiting so that no unstored write is served');
        process.exit(exitCodeOf(error));
      },
    });
    const app = createApp({
      node,
      logger,
      registry,
      metrics,
      token: config.CLUSTER_TOKEN,
      guard,
      onTokenFrom: (name) => {
        if (peers.some(({ id }) => id === name)) connection.tokenSenders.add(name);
      },
      faultyLinks: config.FAULTS ? faultyLinks : undefined,
      trace,
      tracing: writeTracing,
      askPeer,
      suiteControl: SuiteControl.from(config),
      rateLimitPerS: config.RATE_LIMIT_PER_S,
      watchLimit: config.WATCH_LIMIT,
      trustedProxies: config.TRUSTED_PROXIES,
      tls,
      hosts: ownHostNames(config.NODE_ID, config.ADVERTISE_URL, peers),
    });
    return {
      app,
      port: config.PORT,
      maxHeaderBytes: MAX_REQUEST_HEADER_BYTES,
      door: {
        classOf: classifyRequests(config.CLUSTER_TOKEN, { name: config.NODE_ID, life }),
        streams: config.WATCH_LIMIT,
      },
      started: () =>
        void node.start().catch((error: unknown) => {
          logger.fatal({ err: error }, 'failed to start; exiting');
          process.exit(1);
        }),
      closed() {
        disk?.stop();
        return node.stop();
      },
    };
  },
  ({ NODE_ID }) => NODE_ID,
);

function readPeers(self: string, text: string): Peer[] {
  try {
    return parsePeers(self, text);
  } catch (error) {
    throw new EnvironmentError(`PEERS ${error instanceof Error ? error.message : String(error)}`);
  }
}
