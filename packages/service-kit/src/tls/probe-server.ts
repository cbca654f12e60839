import { createServer } from 'node:http';
import type { Express } from 'express';
import { EnvironmentError } from '../process/environment.ts';

const probed = new Set(['/health', '/ready']);

/**
 * Serves `GET /health` and `GET /ready` without TLS on the loopback address, for health checks inside a container, whose
 * image has no TLS client.
 */
export function listenForProbes(app: Express, port: number): Promise<void> {
  const server = createServer((request, response) => {
    if (request.method === 'GET' && probed.has(request.url ?? '')) app(request, response);
    else response.writeHead(404).end();
  });
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('listening', () => resolve());
    server.once('error', (error) =>
      reject(new EnvironmentError(`PROBE_PORT cannot be opened (${error.message})`)),
    );
    server.listen(port, '127.0.0.1');
  });
}
