import { BadRequestError, createRouter, validate } from '@gridclock/service-kit';
import type { Router } from 'express';
import type { ClusterNode } from '../cluster-node.ts';
import { claimSchema } from '../messages/peer.ts';
import { WIRE_HEADER } from '../replication/headers.ts';
import { checkWire } from './check-wire.ts';
import type { ClusterAccess } from './cluster-access.ts';

/** `POST /claims`: a starting node asks whether it may use its id, and a node that runs asks to be compared. */
export function claimRoutes(node: ClusterNode, access: ClusterAccess): Router {
  const router = createRouter();
  router.post('/claims', access.require, async (request, response) => {
    checkWire(request.get(WIRE_HEADER), node.identities.wire.own);
    const { id, life, url, confirm } = validate(claimSchema, request.body, 'body');
    if (id === node.name && life === node.life) throw new BadRequestError('id', 'is this node itself');
    if (id === node.name) response.json({ refusal: 'another process' });
    else response.json(await node.identities.answerClaim({ id, life, url, confirm }));
  });
  return router;
}
