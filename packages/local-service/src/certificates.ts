import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const script = fileURLToPath(new URL('../../../scripts/certificates', import.meta.url));

/** Certificates of all services, made as operators make them. */
export type Certificates = {
  /** The path of a service's file. */
  path: (service: string, file: 'ca' | 'cert' | 'key') => string;
  /** The environment variables of a service. */
  variables: (service: string) => { TLS_CA_FILE: string; TLS_CERT_FILE: string; TLS_KEY_FILE: string };
  /** Runs a command of `scripts/certificates`. */
  run: (command: 'renew' | 'next-authority' | 'drop-authority') => Promise<void>;
};

/** Creates an authority and certificates in a folder. */
export async function createCertificates(folder: string): Promise<Certificates> {
  await execa('bash', [script, 'make', folder]);
  return certificatesIn(folder);
}

/** The certificates in a folder that has them, such as a copy. */
export function certificatesIn(folder: string): Certificates {
  const path = (service: string, file: 'ca' | 'cert' | 'key') => join(folder, service, `${file}.pem`);
  return {
    path,
    variables: (service) => ({
      TLS_CA_FILE: path(service, 'ca'),
      TLS_CERT_FILE: path(service, 'cert'),
      TLS_KEY_FILE: path(service, 'key'),
    }),
    run: async (command) => void (await execa('bash', [script, command, folder])),
  };
}
