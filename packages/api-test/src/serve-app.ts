import { createServer } from 'node:http';
import { listenerOf } from '@gridclock/service-kit';
import type { Express } from 'express';

/** An app on a port of this host. */
export type ServedApp = { origin: string; close: () => Promise<void> };

/** Serves an app as its service does, with its hot routes. */
export async function serveApp(app: Express): Promise<ServedApp> {
  const server = createServer(listenerOf(app));
  // Never closed for being idle: while a test compiles schemas, this process answers nothing for seconds.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
