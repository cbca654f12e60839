import type { Server } from 'node:http';
import type { Certificates } from '@gridclock/local-service';
import { createHttpClient } from '../../src/outbound/http-client.ts';
import { listen } from '../../src/process/lifecycle.ts';
import { createLogger } from '../../src/process/logger.ts';
import { createServiceApp } from '../../src/requests/app.ts';
import { createRegistry } from '../../src/requests/metrics.ts';
import { createRouter } from '../../src/requests/router.ts';
import { requirePeer } from '../../src/tls/require-peer.ts';
import { ServiceTls } from '../../src/tls/service-tls.ts';
import { tlsPaths } from '../../src/tls/tls-variables.ts';

/** Reads a service's certificates. @param role which the certificate must state; by default any */
export function tlsOf(certificates: Certificates, service: string, role?: string): ServiceTls {
  const paths = tlsPaths(certificates.variables(service));
  if (paths === undefined) throw new Error('no paths');
  return new ServiceTls({ paths, ...(role === undefined ? {} : { role }), wallClock: Date.now });
}

/** Serves `/open` for everyone and `/inner` for nodes. */
export async function serveTls(tls: ServiceTls): Promise<{ url: string; server: Server; stop: () => void }> {
  const routes = createRouter();
  routes.get('/open', (_request, response) => void response.json('open'));
  routes.get('/inner', requirePeer(tls, ['node']), (_request, response) => void response.json('inner'));
  const logger = createLogger('test', 'silent');
  const app = createServiceApp({ service: 'test', logger, registry: createRegistry(), routes });
  const server = await listen(app, 0, '127.0.0.1', undefined, tls);
  const address = server.address();
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, server, stop };
}

/** @param role which the server's certificate must state; by default any */
export function clientOf(tls: ServiceTls, role?: string) {
  return createHttpClient({ timeoutMs: 5_000, tls: { tls, ...(role === undefined ? {} : { role }) } });
}
