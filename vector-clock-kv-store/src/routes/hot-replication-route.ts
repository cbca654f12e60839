import { type HotRoute, isPeer, type ServiceTls } from '@gridclock/service-kit';
import type { ClusterNode } from '../cluster-node.ts';
import {
  EVENT_HEADER,
  LIFE_HEADER,
  NODE_HEADER,
  TO_LIFE_HEADER,
  TRACES_HEADER,
  WIRE_HEADER,
} from '../replication/headers.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { NODE_ROLE } from './node-certificate.ts';
import { type ReplicationObservers, receiveMessages } from './receive-messages.ts';

/** 64 KiB: 270 small writes; 16 MiB with the most messages of peers that are in progress at once. */
const BODY_BYTES = 64 * 1024;

/**
 * The ordinary case of `POST /replicate`; `replicationRoutes` has all of them. With a token, for signed requests: those
 * that carry the token itself are for the app.
 */
export function hotReplicationRoute(
  node: ClusterNode,
  access: ClusterAccess,
  tls: ServiceTls | undefined,
  observers: ReplicationObservers,
): HotRoute {
  return {
    method: 'POST',
    path: '/replicate',
    headers: [
      'authorization',
      NODE_HEADER,
      LIFE_HEADER,
      TO_LIFE_HEADER,
      WIRE_HEADER,
      EVENT_HEADER,
      TRACES_HEADER,
    ],
    bodyBytes: BODY_BYTES,
    admits: (message) => isPeer(message.socket, tls, [NODE_ROLE]) && access.isSigned(message),
    serve({ body, bytes, headers, message, query }) {
      if (node.stopped || query !== '' || bytes === undefined) return undefined;
      // Last: from here on the app would take the request for a repeated one.
      if (!access.acceptBody(message, bytes)) return undefined;
      const header = (name: string) => {
        const value = headers[name];
        return typeof value === 'string' ? value : undefined;
      };
      const from = header(NODE_HEADER);
      if (from !== undefined) node.replicator?.retryNow(from);
      return receiveMessages(
        node,
        body,
        {
          from,
          to: header(TO_LIFE_HEADER),
          wire: header(WIRE_HEADER),
          event: header(EVENT_HEADER),
          traces: header(TRACES_HEADER),
        },
        observers,
      ).then((result) => ({ status: 202, text: JSON.stringify(result) }));
    },
  };
}
