import { z } from 'zod';
import { EnvironmentError, portVariable } from '../process/environment.ts';
import type { TlsPaths } from './tls-material.ts';

/** The variables of TLS. A service needs all three files or none. */
export const tlsVariables = {
  TLS_CA_FILE: z.string().trim().optional(),
  TLS_CERT_FILE: z.string().trim().optional(),
  TLS_KEY_FILE: z.string().trim().optional(),
  /** With TLS: a port on 127.0.0.1 that serves /health and /ready without it. Unset: none. */
  PROBE_PORT: portVariable().optional(),
};

export type TlsVariables = z.output<z.ZodObject<typeof tlsVariables>>;

/** Returns the files of a service; undefined without TLS. @throws EnvironmentError if only some are set */
export function tlsPaths(variables: TlsVariables): TlsPaths | undefined {
  const { TLS_CA_FILE: ca, TLS_CERT_FILE: certificate, TLS_KEY_FILE: key } = variables;
  if (ca === undefined && certificate === undefined && key === undefined) return undefined;
  if (ca !== undefined && certificate !== undefined && key !== undefined)
    return { ca, own: { certificate, key } };
  const missing = Object.entries({ TLS_CA_FILE: ca, TLS_CERT_FILE: certificate, TLS_KEY_FILE: key })
    .filter(([, path]) => path === undefined)
    .map(([name]) => name);
  throw new EnvironmentError(
    `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set: TLS needs TLS_CA_FILE, TLS_CERT_FILE and TLS_KEY_FILE together`,
  );
}

/**
 * Returns the files of a tool; undefined without TLS. A tool may have no certificate.
 *
 * @throws EnvironmentError if there is a certificate without a key or an authority
 */
export function toolTlsPaths(variables: TlsVariables): TlsPaths | undefined {
  const { TLS_CA_FILE: ca, TLS_CERT_FILE: certificate, TLS_KEY_FILE: key } = variables;
  if (ca !== undefined && certificate === undefined && key === undefined) return { ca };
  return tlsPaths(variables);
}
