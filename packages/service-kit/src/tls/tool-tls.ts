import { z } from 'zod';
import { readEnvironment } from '../process/environment.ts';
import { ServiceTls } from './service-tls.ts';
import { tlsVariables, toolTlsPaths } from './tls-variables.ts';

/**
 * Reads the certificates that a command-line tool uses; undefined without TLS.
 *
 * @throws EnvironmentError that names the wrong variable
 */
export function openToolTls(environment: Record<string, string | undefined>): ServiceTls | undefined {
  const paths = toolTlsPaths(readEnvironment(z.object(tlsVariables), environment));
  return paths && new ServiceTls({ paths, wallClock: Date.now });
}
