import type { IncomingMessage } from 'node:http';
import { bodyDigestOf, digestOf, macWith, requireBearerToken, Token } from '@gridclock/service-kit';
import type { Request, RequestHandler } from 'express';
import { nameOf } from '../causality/node-id.ts';
import { CHALLENGE_HEADER, isChallenge, proofText } from '../messages/peer-authentication.ts';
import { NODE_HEADER } from '../replication/headers.ts';
import { SequenceWindows } from './sequence-windows.ts';
import { type Receiver, validSignature } from './signed-requests.ts';

/** What the routes need to know of the cluster token. */
export type ClusterAccess = {
  /** Lets requests pass that are signed for this node, or carry the token. To be mounted before the routes. */
  require: RequestHandler;
  /** The same for requests whose body has not been read: it may still be another one than was signed. */
  requireBeforeBody: RequestHandler;
  /** The same, without Express: whether a request needs no token, or is signed for this node. */
  isSigned: (message: IncomingMessage) => boolean;
  /** Whether the body of such a request is the signed one, for the first time. Then `require` lets it pass no more. */
  acceptBody: (message: IncomingMessage, body: Buffer) => boolean;
  /** Proves to the requester of a heartbeat that this node knows the token; undefined if it asks for no proof. */
  prove: (request: Request, heartbeat: string) => string | undefined;
};

/**
 * @param self this node's configured name and its life
 * @param onTokenFrom called with the name of a node that has sent the token itself
 */
export function clusterAccess(
  configured: string | Token | undefined,
  self: Receiver,
  onTokenFrom: (name: string) => void = () => {},
): ClusterAccess {
  const pass: RequestHandler = (_request, _response, next) => next();
  if (configured === undefined)
    return {
      require: pass,
      requireBeforeBody: pass,
      isSigned: () => true,
      acceptBody: () => true,
      prove: () => undefined,
    };
  const token = Token.from(configured);
  const requireBearer = requireBearerToken(token, 'cluster token');
  const windows = new SequenceWindows();
  const accept = (request: IncomingMessage, digest: string): boolean => {
    const signature = validSignature(request, token, self);
    if (signature === undefined || signature.digest !== digest) return false;
    return windows.accept(signature.life, signature.sequence);
  };
  return {
    require(request, response, next) {
      if (accept(request, bodyDigestOf(request))) {
        next();
        return;
      }
      requireBearer(request, response, (error) => {
        const sender = request.get(NODE_HEADER);
        if (error === undefined && sender !== undefined) onTokenFrom(nameOf(sender));
        next(error);
      });
    },
    requireBeforeBody(request, response, next) {
      if (validSignature(request, token, self) === undefined) requireBearer(request, response, next);
      else next();
    },
    isSigned: (message) => validSignature(message, token, self) !== undefined,
    acceptBody: (message, body) => accept(message, digestOf(body)),
    prove(request, heartbeat) {
      const challenge = request.get(CHALLENGE_HEADER);
      if (!isChallenge(challenge)) return undefined;
      const host = request.get('host') ?? '';
      return macWith(token, proofText({ challenge, host, ...self, digest: digestOf(heartbeat) }));
    },
  };
}
