import { createServer, type IncomingMessage, request, type Server } from 'node:http';

export type Proxies = {
  /** One URL for each node, in the same order. */
  urls: string[];
  /** Closes all ports and connections. */
  close: () => void;
};

/**
 * Opens a proxy in front of each node.
 *
 * @param onRequest called with each request; it is passed on once this has resolved
 */
export async function proxyNodes(
  targets: readonly string[],
  onRequest: (request: IncomingMessage) => Promise<void>,
): Promise<Proxies> {
  const servers = targets.map((target) =>
    createServer(async (received, response) => {
      await onRequest(received);
      const { method = 'GET', url = '/', headers } = received;
      const passed = request(`${target}${url}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      passed.on('error', () => response.destroy());
      received.pipe(passed);
    }),
  );
  const ports = await Promise.all(servers.map(listen));
  return {
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    close: () => {
      for (const server of servers) server.close().closeAllConnections();
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
