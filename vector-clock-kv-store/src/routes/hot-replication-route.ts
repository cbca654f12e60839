import type { HotRoute } from '@gridclock/service-kit';
import type { ClusterNode } from '../cluster-node.ts';
import { EVENT_HEADER, LIFE_HEADER, NODE_HEADER, TO_LIFE_HEADER } from '../replication/headers.ts';
import { type ReplicationObservers, receiveMessages } from './receive-messages.ts';

/** 64 KiB: 500 small writes; 16 MiB with the most messages of peers that are in progress at once. */
const BODY_BYTES = 64 * 1024;

/**
 * The ordinary case of `POST /replicate`; `replicationRoutes` has all of them. For a cluster without token and
 * certificates, whose checks are the app's.
 */
export function hotReplicationRoute(node: ClusterNode, observers: ReplicationObservers): HotRoute {
  return {
    method: 'POST',
    path: '/replicate',
    headers: [NODE_HEADER, LIFE_HEADER, TO_LIFE_HEADER, EVENT_HEADER],
    bodyBytes: BODY_BYTES,
    serve({ body, headers, query }) {
      if (node.stopped || query !== '') return undefined;
      const header = (name: string) => {
        const value = headers[name];
        return typeof value === 'string' ? value : undefined;
      };
      const from = header(NODE_HEADER);
      if (from !== undefined) node.replicator?.retryNow(from);
      return receiveMessages(
        node,
        body,
        { from, to: header(TO_LIFE_HEADER), event: header(EVENT_HEADER) },
        observers,
      ).then((result) => ({ status: 202, text: JSON.stringify(result) }));
    },
  };
}
