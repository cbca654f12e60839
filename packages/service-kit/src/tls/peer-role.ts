import type { X509Certificate } from 'node:crypto';

/** The trust domain of SPIFFE ids, which name services in certificates. https://spiffe.io/docs/latest/spiffe-about/spiffe-concepts/ */
const TRUST_DOMAIN = 'spiffe://gridclock/';

/** The role of people and tools that operate the services. */
export const OPERATOR = 'operator';

/** Returns the name (a URI) of a role in certificates. A service's role is its name, such as `load_balancer`. */
export function roleUri(role: string): string {
  return `${TRUST_DOMAIN}${role}`;
}

/**
 * Returns the roles that a certificate's alternative names state.
 *
 * @param subjectAltName as Node.js formats it: `DNS:node1, URI:spiffe://gridclock/node`
 */
export function rolesIn(subjectAltName: string | undefined): string[] {
  // Names with special characters are quoted. One of them may contain text that looks like another name.
  const plain = (subjectAltName ?? '').replace(/"(?:[^"\\]|\\.)*"/g, '');
  return plain
    .split(', ')
    .filter((name) => name.startsWith(`URI:${TRUST_DOMAIN}`))
    .map((name) => name.slice(`URI:${TRUST_DOMAIN}`.length));
}

/** Whether a certificate, or one that has signed it, was signed by one of the authorities. */
export function isSignedByAny(
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): boolean {
  return chain.some((certificate) =>
    authorities.some(
      (authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey),
    ),
  );
}
