import { EnvironmentError, type Logger, runService } from '@gridclock/service-kit';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { createApp } from './app.ts';
import type { Peer } from './causality/peer.ts';
import { ClusterNode } from './cluster-node.ts';
import { nodeVariables } from './config.ts';
import { createDiskMetrics } from './disk-metrics.ts';
import { DiskSpace } from './disk-space.ts';
import { parsePeers } from './membership/parse-peers.ts';
import { createStoreMetrics } from './metrics.ts';
import { FaultyTransport } from './replication/faulty-transport.ts';
import { HttpTransport } from './replication/http-transport.ts';
import { DiskFullError } from './storage/full-disk.ts';
import { LmdbStorage } from './storage/lmdb-storage.ts';
import { MemoryStorage } from './storage/memory-storage.ts';
import type { Storage } from './storage/storage.ts';
import { freeBytesOf } from './storage/write-failure.ts';
import { startTrace } from './trace/node-trace.ts';

await runService('node', nodeVariables, async ({ config, logger, registry }) => {
  const metrics = createStoreMetrics(registry, () => node);
  const trace = config.TRACE ? startTrace(config.NODE_ID, Date.now, Math.random) : undefined;
  const disk = config.DATA_DIR === undefined ? undefined : watchDisk(config.DATA_DIR, logger);
  const storage = await openStorage(config.DATA_DIR, config.NODE_ID, disk);
  if (config.DATA_DIR !== undefined) createDiskMetrics(registry, config.DATA_DIR, disk);
  const faultyLinks = new Map<string, FaultyTransport>();
  const transportTo = (peer: Peer) => {
    const transport = new FaultyTransport(
      new HttpTransport(config.NODE_ID, peer, config.CLUSTER_TOKEN, (writes) => trace?.sent(peer.id, writes)),
      realScheduler,
      trace?.faultObserver(peer.id),
    );
    faultyLinks.set(peer.id, transport);
    return transport;
  };
  const peers = readPeers(config.NODE_ID, config.PEERS);
  const node = new ClusterNode({
    name: config.NODE_ID,
    storage,
    disk,
    peers: peers.map((peer) => ({ peer, transport: transportTo(peer) })),
    transportTo,
    advertisedUrl: config.ADVERTISE_URL,
    scheduler: realScheduler,
    random: Math.random,
    peerWaitMs: config.PEER_WAIT_MS,
    bufferCapacity: { writes: config.BUFFER_CAPACITY, bytes: config.BUFFER_BYTES },
    logRetention: config.LOG_RETENTION,
    servesAlone: config.DATA_DIR === undefined || config.FOUND_CLUSTER,
    logger,
    wallClock: Date.now,
    observers: trace === undefined ? [metrics.observer] : [metrics.observer, trace],
    onCommitted: metrics.committed,
    onFailure(error) {
      // While the process stops, writes that waited for room fail; none of them was acknowledged.
      if (error instanceof DiskFullError) return;
      logger.fatal({ err: error }, 'storage write failed; exiting so that no unstored write is served');
      process.exit(1);
    },
  });
  const app = createApp({
    node,
    logger,
    registry,
    metrics,
    token: config.CLUSTER_TOKEN,
    faultyLinks: config.FAULTS ? faultyLinks : undefined,
    trace,
    rateLimitPerS: config.RATE_LIMIT_PER_S,
    trustedProxies: config.TRUSTED_PROXIES,
  });
  return {
    app,
    port: config.PORT,
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
});

/** Watches the disk that holds a directory, and logs when it becomes full and when it has room again. */
function watchDisk(directory: string, logger: Logger): DiskSpace {
  const disk = new DiskSpace({ scheduler: realScheduler, freeBytes: () => freeBytesOf(directory) });
  disk.subscribe((full) => {
    if (full === undefined) logger.warn('the disk has room again; accepting writes');
    else
      logger.error({ reason: full.message }, 'disk full: serving reads only until there is room; free space');
  });
  return disk;
}

async function openStorage(
  directory: string | undefined,
  owner: string,
  disk: DiskSpace | undefined,
): Promise<Storage> {
  if (directory === undefined) return new MemoryStorage();
  try {
    return await LmdbStorage.open(directory, owner, disk?.run);
  } catch (error) {
    throw new EnvironmentError(`DATA_DIR ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readPeers(self: string, text: string): Peer[] {
  try {
    return parsePeers(self, text);
  } catch (error) {
    throw new EnvironmentError(`PEERS ${error instanceof Error ? error.message : String(error)}`);
  }
}
