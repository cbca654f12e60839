import {
  BadRequestError,
  createRouter,
  HttpError,
  inexactNumberOf,
  UnavailableError,
} from '@gridclock/service-kit';
import type { Request, RequestHandler, Router } from 'express';
import type { ClusterNode } from '../cluster-node.ts';
import type { AskPeer, PeerRequest } from '../live/peer-requests.ts';
import type { ClusterAccess } from './cluster-access.ts';

/**
 * `POST /ui/nodes/:id/put`, `get`, `delete` and `faults`: pass a request of the live page on to another node, because
 * behind Docker a browser may reach this node only.
 */
export function uiRelayRoutes(node: ClusterNode, access: ClusterAccess, askPeer: AskPeer): Router {
  const relay =
    (build: (body: string) => PeerRequest): RequestHandler<{ id: string }> =>
    async (request, response) => {
      const { id } = request.params;
      const peer = node.directory.peers.find((member) => member.id === id);
      if (peer === undefined)
        throw new HttpError(404, `${id} is not in the cluster`, { code: 'not_a_member' });
      const { status, data } = await askPeer(peer, build(bodyOf(request))).catch(() => {
        throw new UnavailableError(`${id} does not respond`, { code: 'not_serving' });
      });
      response.status(status).json(data);
    };
  const router = createRouter();
  router.post(
    '/ui/nodes/:id/put',
    relay((body) => ({ method: 'POST', path: '/put', body })),
  );
  router.post(
    '/ui/nodes/:id/get',
    relay((body) => ({ method: 'POST', path: '/get', body })),
  );
  router.post(
    '/ui/nodes/:id/delete',
    relay((body) => ({ method: 'DELETE', path: '/delete', body })),
  );
  // The peer would accept it in any case, because this node asks with its own credentials.
  router.post(
    '/ui/nodes/:id/faults',
    access.require,
    relay((body) => ({ method: 'POST', path: '/faults', body })),
  );
  return router;
}

/** Returns a request's body to be sent on. @throws BadRequestError if that would change a number */
function bodyOf(request: Request<{ id: string }>): string {
  const inexact = inexactNumberOf(request);
  if (inexact !== undefined)
    throw new BadRequestError(inexact.field, `holds ${inexact.number}, which double precision cannot keep`);
  return JSON.stringify(request.body ?? {});
}
