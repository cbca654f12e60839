import { BadRequestError, createRouter, UnavailableError, validate } from '@gridclock/service-kit';
import type { Router } from 'express';
import { z } from 'zod';
import type { ClusterNode } from '../cluster-node.ts';
import { SnapshotsBusyError, UnknownMarkError } from '../membership/snapshot-sessions.ts';
import { snapshotBody } from '../messages/peer.ts';
import {
  EVENT_HEADER,
  NODE_HEADER,
  TO_LIFE_HEADER,
  TRACES_HEADER,
  WIRE_HEADER,
} from '../replication/headers.ts';
import type { SnapshotPage } from '../storage/storage.ts';
import { checkWire } from './check-wire.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { type ReplicationObservers, receiveMessages } from './receive-messages.ts';

/** The query of `GET /snapshot`. */
export const snapshotQuerySchema = z.object({
  mark: z.string('must be given once').max(64, 'is not a mark of this node').optional(),
});

/** The routes for the other nodes. */
export function replicationRoutes(
  node: ClusterNode,
  access: ClusterAccess,
  observers: ReplicationObservers,
): Router {
  const router = createRouter();
  router.post('/replicate', access.require, async (request, response) => {
    const headers = {
      from: request.get(NODE_HEADER),
      to: request.get(TO_LIFE_HEADER),
      wire: request.get(WIRE_HEADER),
      event: request.get(EVENT_HEADER),
      traces: request.get(TRACES_HEADER),
    };
    response.status(202).json(await receiveMessages(node, request.body, headers, observers));
  });
  router.get('/snapshot', access.require, (request, response) => {
    checkWire(request.get(WIRE_HEADER), node.identities.wire.own);
    const { mark } = validate(snapshotQuerySchema, request.query, 'query');
    response.json(snapshotBody(snapshotPage(node, mark)));
  });
  return router;
}

/** Reads a page in any status, also while the node catches up: two nodes that are behind need each other's data. */
function snapshotPage(node: ClusterNode, mark: string | undefined): SnapshotPage {
  try {
    return node.snapshots.page(mark === '' ? undefined : mark);
  } catch (error) {
    if (error instanceof UnknownMarkError) throw new BadRequestError('mark', error.message);
    if (error instanceof SnapshotsBusyError) throw new UnavailableError(error.message);
    throw error;
  }
}
