import { createServiceApp, type Logger, limitRate } from '@gridclock/service-kit';
import { type Express, Router } from 'express';
import type { Registry } from 'prom-client';
import type { ClusterNode } from './cluster-node.ts';
import type { StoreMetrics } from './metrics.ts';
import type { FaultyTransport } from './replication/faulty-transport.ts';
import { NODE_HEADER } from './replication/http-transport.ts';
import { clientRoutes } from './routes/client-routes.ts';
import { faultRoutes } from './routes/fault-routes.ts';
import { memberRoutes } from './routes/member-routes.ts';
import { replicationRoutes } from './routes/replication-routes.ts';
import { traceRoutes } from './routes/trace-routes.ts';
import { MAX_VALUE_BYTES } from './routes/value-limits.ts';
import { watchRoutes } from './routes/watch-routes.ts';
import type { NodeTrace } from './trace/node-trace.ts';

export type AppOptions = {
  node: ClusterNode;
  logger: Logger;
  registry: Registry;
  metrics: StoreMetrics;
  /** Node-to-node requests need it when it is set. */
  token: string | undefined;
  /** The links whose messages `POST /faults` may strike; undefined when there is no such route. */
  faultyLinks: ReadonlyMap<string, FaultyTransport> | undefined;
  /** What `GET /trace` shows; there is no such route without one. */
  trace?: NodeTrace | undefined;
  /** Requests of clients, not of nodes, that one address may send in any second; no limit unless given. */
  rateLimitPerS?: number;
  trustedProxies?: number;
};

/** Room for the largest value with its key and clock, and for a full batch between nodes. */
const BODY_LIMIT_BYTES = MAX_VALUE_BYTES + 512 * 1024;

/** The node's HTTP interface. It never listens. */
export function createApp(options: AppOptions): Express {
  const { node, logger, registry, metrics, token, faultyLinks, trace } = options;
  const routes = Router();
  routes.use((request, _response, next) => {
    const peer = request.get(NODE_HEADER);
    if (peer !== undefined) node.replicator?.heard(peer);
    next();
  });
  routes.use(memberRoutes(node, token));
  routes.use(replicationRoutes(node, token, metrics.received, trace));
  if (trace !== undefined) routes.use(traceRoutes(trace.events, token));
  if (faultyLinks !== undefined) routes.use(faultRoutes(faultyLinks, node, token));
  // From here on: writes on their way between nodes are never refused for being many.
  routes.use(limitRate(options.rateLimitPerS ?? 0));
  routes.use(clientRoutes(node));
  routes.use(watchRoutes(node));
  return createServiceApp({
    service: 'vector-clock-kv-store',
    logger,
    registry,
    routes,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    trustedProxies: options.trustedProxies ?? 0,
    notReady: () => (node.status === 'ok' ? undefined : node.status),
  });
}
