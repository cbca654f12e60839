import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { RequestHandler } from 'express';
import { HttpError } from '../problems/errors.ts';
import { isSignedByAny, OPERATOR, rolesIn } from './peer-role.ts';
import type { ServiceTls } from './service-tls.ts';

type Verdict = { generation: number; roles: readonly string[]; validUntil: number };

const verdicts = new WeakMap<Socket, Verdict>();

/**
 * Requires a client certificate with one of the roles, or an operator's; a request without it gets 403.
 *
 * @param tls undefined: without TLS, every request passes
 */
export function requirePeer(tls: ServiceTls | undefined, roles: readonly string[]): RequestHandler {
  if (tls === undefined) return (_request, _response, next) => next();
  return (request, _response, next) => {
    if (!isPeer(request.socket, tls, roles))
      throw new HttpError(403, `A client certificate of ${[...roles, OPERATOR].join(' or ')} is required`, {
        code: 'certificate_required',
      });
    next();
  };
}

/** Reports whether the client of a connection has a certificate as `requirePeer` wants it. */
export function isPeer(socket: Socket, tls: ServiceTls | undefined, roles: readonly string[]): boolean {
  if (tls === undefined) return true;
  const stated = rolesOf(socket, tls);
  return [...roles, OPERATOR].some((role) => stated.includes(role));
}

/** The roles of the client's certificate; none if it has no valid one of a trusted authority. */
function rolesOf(socket: Socket, tls: ServiceTls): readonly string[] {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return [];
  let verdict = verdicts.get(socket);
  // The authorities may have changed since the handshake: one that was removed no longer counts.
  if (verdict === undefined || verdict.generation !== tls.generation) {
    verdict = judge(socket, tls);
    verdicts.set(socket, verdict);
  }
  return verdict.validUntil > Date.now() ? verdict.roles : [];
}

function judge(socket: TLSSocket, { authorities, generation }: ServiceTls): Verdict {
  const chain: X509Certificate[] = [];
  for (
    let next = socket.getPeerX509Certificate();
    next !== undefined && chain.length < MAX_CHAIN;
    next = next.issuerCertificate
  )
    chain.push(next);
  const [leaf] = chain;
  if (leaf === undefined || !isSignedByAny(chain, authorities))
    return { generation, roles: [], validUntil: 0 };
  return { generation, roles: rolesIn(leaf.subjectAltName), validUntil: Date.parse(leaf.validTo) };
}

/** 10: a public chain has three or four. */
const MAX_CHAIN = 10;
