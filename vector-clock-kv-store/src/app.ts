import {
  type AddressGuard,
  admitBodies,
  createRouter,
  createServiceApp,
  EventLoopTurns,
  type Logger,
  limitRate,
  type RateLimit,
  type ServiceTls,
  type Token,
  UnavailableError,
} from '@gridclock/service-kit';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { apiRoutes, DOCS_TYPES } from '@gridclock/ui-kit/api-docs';
import { controlRoutes, type SuiteControl } from '@gridclock/ui-kit/control';
import type { Express, RequestHandler, Router } from 'express';
import type { Registry } from 'prom-client';
import type { ClusterNode } from './cluster-node.ts';
import { CLIENT_BODIES, MAX_BODY_BYTES, MAX_URL_BYTES, PEER_BODIES, WATCH_LIMIT } from './limits.ts';
import type { AskPeer } from './live/peer-requests.ts';
import type { StoreMetrics } from './metrics.ts';
import { NODE_HEADER } from './replication/headers.ts';
import { claimRoutes } from './routes/claim-routes.ts';
import { clientRoutes } from './routes/client-routes.ts';
import { type ClusterAccess, clusterAccess } from './routes/cluster-access.ts';
import { type FaultyLinks, faultRoutes } from './routes/fault-routes.ts';
import { hotClientRoutes } from './routes/hot-client-routes.ts';
import { hotReplicationRoute } from './routes/hot-replication-route.ts';
import { memberRoutes } from './routes/member-routes.ts';
import { requireNodeCertificate } from './routes/node-certificate.ts';
import { replicationRoutes } from './routes/replication-routes.ts';
import { classifyRequests } from './routes/request-class.ts';
import { traceRoutes } from './routes/trace-routes.ts';
import { uiRelayRoutes } from './routes/ui-relay-routes.ts';
import { uiRoutes } from './routes/ui-routes.ts';
import { watchRoutes } from './routes/watch-routes.ts';
import type { NodeTrace } from './trace/node-trace.ts';
import type { WriteTracing } from './tracing/write-tracing.ts';

export type AppOptions = {
  node: ClusterNode;
  logger: Logger;
  registry: Registry;
  metrics: StoreMetrics;
  /** Required in requests between nodes; undefined if the cluster has no token. */
  token: string | Token | undefined;
  /** Called with the name of a node that has sent the token itself. */
  onTokenFrom?: (name: string) => void;
  /** Judges the addresses of members that are added; without one, all are allowed. */
  guard?: AddressGuard;
  /** The links that `POST /faults` can inject faults on; without them there is no such route. */
  faultyLinks: FaultyLinks | undefined;
  /** The trace that `GET /trace` returns; without one there is no such route. */
  trace?: NodeTrace | undefined;
  /** Undefined where tracing is off. */
  tracing?: WriteTracing | undefined;
  /** Sends the live page's requests to other nodes; without it there is no live page. */
  askPeer?: AskPeer;
  /** Controls the processes of a local suite, for its live page. */
  suiteControl?: SuiteControl | undefined;
  /** Client requests per second and address; 0, the default, means no limit. Requests between nodes have none. */
  rateLimitPerS?: number;
  /** The most streams of `/watch` at once. */
  watchLimit?: number;
  /** The host names under which other nodes may call this one. */
  hosts?: readonly string[];
  trustedProxies?: number;
  /** The node's certificates; without them, requests between nodes need none. */
  tls?: ServiceTls | undefined;
};

function rejectedReason({ replicator }: ClusterNode): string | undefined {
  const [first] = replicator?.rejected() ?? [];
  return first === undefined
    ? undefined
    : `peer ${first.peer} rejects write ${first.counter} of ${first.node}: ${first.reason}`;
}

/** Limits the bodies of peers and of clients apart. */
function admitByOrigin(): RequestHandler {
  const ofPeers = admitBodies(PEER_BODIES);
  const ofClients = admitBodies(CLIENT_BODIES);
  return (request, response, next) =>
    (request.path === '/replicate' ? ofPeers : ofClients)(request, response, next);
}

/** The paths for other nodes and operators that take a body. */
const bodiesOfNodes = new Set(['/replicate', '/claims', '/members', '/faults']);

/** A fault of another node, which takes the same credential as one of this node. */
const relayedFaults = /^\/ui\/nodes\/[^/]+\/faults$/;

/** What a request must show before its body is read: a node's certificate or token, or a place within the rate limit. */
function checkBeforeBody({ node, token, tls }: AppOptions, access: ClusterAccess, limit: RateLimit): Router {
  const checks = createRouter();
  const classOf = classifyRequests(token, { name: node.name, life: node.life });
  checks.use(requireNodeCertificate(tls));
  checks.use((request, response, next) => {
    if (request.method === 'POST' && (bodiesOfNodes.has(request.path) || relayedFaults.test(request.path)))
      access.requireBeforeBody(request, response, next);
    else next();
  });
  // Replication between nodes must never be rate-limited.
  checks.use((request, response, next) => {
    if (classOf(request) === 'peer') next();
    else limit.check(request, response, next);
  });
  return checks;
}

/** The paths that respond with something else than JSON. */
const OTHER_TYPES = {
  ...DOCS_TYPES,
  '/': 'text/html',
  '/ui': 'text/html',
  '/ui/events': 'text/event-stream',
  '/watch': 'text/event-stream',
};

/** Creates the node's HTTP interface. Does not listen. */
export function createApp(options: AppOptions): Express {
  const { node, logger, registry, metrics, token, faultyLinks, rateLimitPerS = 0, trace, askPeer } = options;
  const access = clusterAccess(token, { name: node.name, life: node.life }, options.onTokenFrom);
  const limit = limitRate(rateLimitPerS);
  const replication = { onReceived: metrics.received, trace, tracing: options.tracing };
  const routes = createRouter();
  const turns = new EventLoopTurns();
  routes.use((request, _response, next) => {
    // The request waited for its turn, and its client has left since.
    if (node.stopped) throw new UnavailableError('This node has stopped', { code: 'not_serving' });
    const peer = request.get(NODE_HEADER);
    // Not for a look at this node: a live page would wake up every link several times a second.
    if (peer !== undefined && request.path !== '/ui/node') node.replicator?.retryNow(peer);
    next();
  });
  routes.use(memberRoutes(node, access, options.guard));
  routes.use(claimRoutes(node, access));
  routes.use(replicationRoutes(node, access, replication));
  if (trace !== undefined) routes.use(traceRoutes(trace.events, access));
  if (faultyLinks !== undefined) routes.use(faultRoutes(faultyLinks, node, access));
  if (askPeer !== undefined) {
    routes.use(
      uiRoutes({ node, events: trace?.events, faultyLinks, access, askPeer, scheduler: realScheduler }),
    );
    routes.use(uiRelayRoutes(node, access, askPeer));
    routes.use(controlRoutes(options.suiteControl));
  }
  routes.use(clientRoutes(node, access, turns, faultyLinks));
  routes.use(watchRoutes(node, turns, options.watchLimit ?? WATCH_LIMIT));
  routes.use(
    apiRoutes(async (version) => {
      const { describeStore } = await import('./api/describe-store.ts');
      return describeStore(
        {
          faults: faultyLinks !== undefined,
          trace: trace !== undefined,
          page: askPeer !== undefined,
          control: options.suiteControl !== undefined,
          hasToken: token !== undefined,
          hasRateLimit: rateLimitPerS > 0,
        },
        version,
      );
    }),
  );
  return createServiceApp({
    service: 'vector-clock-kv-store',
    logger,
    registry,
    routes,
    bodyLimitBytes: MAX_BODY_BYTES,
    beforeBody: checkBeforeBody(options, access, limit),
    admitBody: admitByOrigin(),
    urlLimitBytes: MAX_URL_BYTES,
    hotRoutes: [
      ...hotClientRoutes(node).map((route) => ({ ...route, limit: limit.hot })),
      hotReplicationRoute(node, access, options.tls, replication),
    ],
    hosts: options.hosts ?? [],
    otherTypes: OTHER_TYPES,
    trustedProxies: options.trustedProxies ?? 0,
    notReady: () => node.readOnly ?? node.notServing ?? rejectedReason(node),
  });
}
