import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as TcpServer } from 'node:net';
import { vi } from 'vitest';
import { AddressGuard, allowedPeersVariable } from '../../src/outbound/address-guard.ts';
import { NoResponseError } from '../../src/outbound/no-response-error.ts';
import type { ServiceClient } from '../../src/outbound/service-client.ts';

/** The server of the running test. */
export let server: Server | TcpServer | undefined;

/** To be called after each test. */
export function stopServer(): void {
  vi.useRealTimers();
  server?.close();
  if (server !== undefined && 'closeAllConnections' in server) server.closeAllConnections();
}

/** Starts a server that ends with the test, and returns its URL. */
export async function urlOf(listening: Server | TcpServer): Promise<string> {
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

export const serve = (listener: RequestListener) => urlOf(createServer(listener));

/** Starts a response, and sends a byte so often that the connection is never idle. */
export const neverEnds: RequestListener = (_request, response) => {
  const trickle = setInterval(() => response.write(' ', () => server?.emit('handled')), 10);
  response.on('close', () => clearInterval(trickle));
};

export const get = (client: ServiceClient, url: string) => client.request({ method: 'GET', url });

/** Resolves to how a request failed. */
export const failureOf = (request: Promise<unknown>) =>
  request.then(
    () => 'no failure',
    (error: unknown) => (error instanceof NoResponseError ? { kind: error.kind, code: error.code } : error),
  );

/** A guard whose lookups end as the given one does. */
export function guardWith(lookup: AddressGuard['lookup']): AddressGuard {
  const guard = new AddressGuard(allowedPeersVariable().parse(undefined));
  return Object.assign(guard, { lookup });
}
