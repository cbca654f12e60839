import { createRouter, requirePeer, type ServiceTls } from '@gridclock/service-kit';
import type { RequestHandler, Router } from 'express';

/** The role of the nodes in certificates. */
export const NODE_ROLE = 'node';

/**
 * Guards the routes for other nodes: with TLS, they need a certificate of a node or an operator. To be mounted before
 * these routes.
 */
export function requireNodeCertificate(tls: ServiceTls | undefined): Router {
  const router = createRouter();
  const required = requirePeer(tls, [NODE_ROLE]);
  const requiredForChanges: RequestHandler = (request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') next();
    else required(request, response, next);
  };
  router.use(
    ['/replicate', '/claims', '/snapshot', '/trace', '/faults', '/ui/node', '/ui/nodes', '/ui/events'],
    required,
  );
  router.use('/members', requiredForChanges);
  return router;
}
