import { BadRequestError, checkNames, createRouter, validate } from '@gridclock/service-kit';
import type { Router } from 'express';
import { z } from 'zod';
import type { ClusterNode } from '../cluster-node.ts';
import type { FaultyTransport, LinkFault } from '../replication/faulty-transport.ts';
import type { ClusterAccess } from './cluster-access.ts';

const faultSchema = z.object({
  peer: z.string(),
  action: z.enum(['hold', 'release', 'drop', 'duplicate', 'reorder', 'delay', 'cut']),
  origin: z.string().optional(),
  count: z.int().min(1).optional(),
  delay_ms: z.int().min(1).max(60_000).optional(),
});

/**
 * `/faults`: injects faults on this node's links to its peers. As on a real network, messages can be held, lost,
 * duplicated, reordered, delayed or cut off, but never forged.
 */
export function faultRoutes(
  links: ReadonlyMap<string, FaultyTransport>,
  node: ClusterNode,
  access: ClusterAccess,
): Router {
  const listed = () => ({
    links: [...links].map(([peer, { faults }]) => ({ peer, faults: faults.map(toJson) })),
  });
  const router = createRouter();
  router.use('/faults', access.require);
  router.get('/faults', (_request, response) => {
    response.json(listed());
  });
  router.post('/faults', checkNames({ body: Object.keys(faultSchema.shape) }), (request, response) => {
    const { peer, action, origin, count, delay_ms: delayMs } = validate(faultSchema, request.body, 'body');
    const link = links.get(peer);
    if (link === undefined) throw new BadRequestError('peer', `${peer} is not a peer of this node`);
    if (origin !== undefined && !node.directory.knows(origin)) {
      throw new BadRequestError('origin', `${origin} is not a node of this cluster`);
    }
    if (action === 'delay' && delayMs === undefined)
      throw new BadRequestError('delay_ms', 'is required for a delay');
    if (action === 'release') {
      link.release();
      node.replicator?.repair(peer);
    } else {
      link.inject({
        action,
        ...(origin === undefined ? {} : { origin }),
        ...(count === undefined ? {} : { count }),
        ...(delayMs === undefined ? {} : { delayMs }),
      });
    }
    response.json(listed());
  });
  return router;
}

function toJson({ delayMs, ...fault }: LinkFault): object {
  return delayMs === undefined ? fault : { ...fault, delay_ms: delayMs };
}
