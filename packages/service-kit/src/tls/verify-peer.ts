import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { rolesIn, roleUri } from './peer-role.ts';
import type { PeerTls } from './service-tls.ts';

/**
 * Verifies a server's name and role.
 *
 * @param host the name or address that the connection was opened to
 * @returns the problem; undefined if there is none
 */
export function verifyPeer(
  { addressName, role }: PeerTls,
  host: string,
  certificate: PeerCertificate,
): Error | undefined {
  const name = addressName !== undefined && isIP(host) !== 0 ? addressName : host;
  const problem = checkServerIdentity(name, certificate);
  if (problem !== undefined || role === undefined || rolesIn(certificate.subjectaltname).includes(role))
    return problem;
  return Object.assign(new Error(`${host} has no certificate with the name URI:${roleUri(role)}`), {
    code: 'ERR_TLS_PEER_ROLE',
  });
}
