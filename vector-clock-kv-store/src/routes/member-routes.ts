import {
  type AddressGuard,
  BadRequestError,
  createRouter,
  HttpError,
  validate,
} from '@gridclock/service-kit';
import type { Router } from 'express';
import type { Peer } from '../causality/peer.ts';
import type { ClusterNode } from '../cluster-node.ts';
import { MAX_MEMBER_RECORDS_BYTES } from '../limits.ts';
import { memberSchema } from '../messages/peer.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { serving } from './serving.ts';
import { inSession } from './session.ts';

/** Checks that the membership records have room for a new member. */
function checkRecordsAfter({ directory }: ClusterNode, member: Peer): void {
  if (Buffer.byteLength(JSON.stringify(directory.recordsWith(member) ?? {})) > MAX_MEMBER_RECORDS_BYTES) {
    throw new BadRequestError('id', 'does not fit beside the records of present and past members', 413, {
      limit_bytes: MAX_MEMBER_RECORDS_BYTES,
    });
  }
}

/**
 * `/members`: lists, adds and removes members of the cluster. A change is an ordinary write: it reaches every node
 * in causal order and survives restarts.
 */
export function memberRoutes(node: ClusterNode, access: ClusterAccess, guard?: AddressGuard): Router {
  const members = () => ({
    node_id: node.name,
    clock_id: node.id,
    peers: node.directory.peers,
    removed: node.directory.removed,
  });
  const router = createRouter();
  router.get('/members', (_request, response) => {
    response.json(members());
  });
  router.post('/members', access.require, async (request, response) => {
    const { id, url } = validate(memberSchema, request.body, 'body');
    if (id === node.name) throw new BadRequestError('id', 'is this node itself');
    const problem = guard?.problemOf(url);
    if (problem !== undefined) throw new BadRequestError('url', problem);
    if (!node.directory.knows(id)) checkRecordsAfter(node, { id, url });
    // Also while removed: where every node was removed by another, one of them has to begin.
    if (node.status !== 'removed') serving(node);
    await inSession(() => node.membership.admit({ id, url }));
    response.json(members());
  });
  router.delete('/members/:id', access.require, async (request, response) => {
    const { id } = request.params;
    if (id === node.name)
      throw new BadRequestError('id', 'is this node itself; ask another node to remove it');
    serving(node);
    const member = node.directory.peers.find((peer) => peer.id === id);
    if (member === undefined)
      throw new HttpError(404, `${id} is not in the cluster`, { code: 'not_a_member' });
    await inSession(() => node.membership.expel(member));
    response.json(members());
  });
  return router;
}
