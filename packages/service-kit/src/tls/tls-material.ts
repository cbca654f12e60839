import { createPrivateKey, X509Certificate } from 'node:crypto';
import { EnvironmentError } from '../process/environment.ts';
import { isSignedByAny, rolesIn, roleUri } from './peer-role.ts';

/** The files that the variables name. A tool that only verifies servers has no certificate. */
export type TlsPaths = { ca: string; own?: { certificate: string; key: string } | undefined };

/** The checked content of the files. */
export type TlsMaterial = {
  ca: string;
  authorities: readonly X509Certificate[];
  own?: { cert: string; key: string; chain: readonly X509Certificate[] };
};

const certificateBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Reads and checks the files.
 *
 * @param role which the certificate must state; undefined for a tool
 * @param now milliseconds since 1970
 * @throws EnvironmentError that names the variable of the wrong file
 */
export function readTlsMaterial(
  paths: TlsPaths,
  role: string | undefined,
  now: number,
  readFile: (path: string) => string,
): TlsMaterial {
  const read = (variable: string, path: string) => {
    try {
      return readFile(path);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : error;
      throw new EnvironmentError(`${variable} cannot be read (${path}: ${code})`);
    }
  };
  const ca = read('TLS_CA_FILE', paths.ca);
  const authorities = parseCertificates('TLS_CA_FILE', paths.ca, ca);
  if (paths.own === undefined) return { ca, authorities };
  const { certificate: certificatePath, key: keyPath } = paths.own;
  const cert = read('TLS_CERT_FILE', certificatePath);
  const chain = parseCertificates('TLS_CERT_FILE', certificatePath, cert);
  const key = read('TLS_KEY_FILE', keyPath);
  const [leaf] = chain;
  if (leaf !== undefined) {
    checkCertificate(leaf, role, now, certificatePath);
    checkKey(leaf, key, keyPath);
  }
  if (!isSignedByAny(chain, authorities))
    throw new EnvironmentError(
      `TLS_CERT_FILE (${certificatePath}) is not signed by an authority in TLS_CA_FILE (${paths.ca}); add the authority first`,
    );
  return { ca, authorities, own: { cert, key, chain } };
}

function parseCertificates(variable: string, path: string, text: string): X509Certificate[] {
  try {
    const certificates = (text.match(certificateBlock) ?? []).map((block) => new X509Certificate(block));
    if (certificates.length > 0) return certificates;
  } catch {
    // The same message as for a file without a certificate.
  }
  throw new EnvironmentError(`${variable} holds no valid certificate in PEM format (${path})`);
}

function checkCertificate(leaf: X509Certificate, role: string | undefined, now: number, path: string): void {
  if (Date.parse(leaf.validTo) <= now)
    throw new EnvironmentError(`TLS_CERT_FILE expired on ${leaf.validTo} (${path}); renew it`);
  if (role !== undefined && !rolesIn(leaf.subjectAltName).includes(role))
    throw new EnvironmentError(
      `TLS_CERT_FILE has no alternative name URI:${roleUri(role)}, by which peers recognize this service (${path})`,
    );
}

function checkKey(leaf: X509Certificate, key: string, path: string): void {
  let matches: boolean;
  try {
    matches = leaf.checkPrivateKey(createPrivateKey(key));
  } catch {
    throw new EnvironmentError(
      `TLS_KEY_FILE holds no private key in PEM format without a passphrase (${path})`,
    );
  }
  if (!matches)
    throw new EnvironmentError(`TLS_KEY_FILE is not the key of the certificate in TLS_CERT_FILE (${path})`);
}
