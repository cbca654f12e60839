import { connect, createServer, type Socket } from 'node:net';

export type TcpProxy = {
  url: string;
  /** Forgets all connections, as a NAT does: they stay open, and nothing passes any more. Returns how many. */
  forgetConnections: () => number;
  close: () => Promise<void>;
};

/** Starts a TCP proxy on a free port of 127.0.0.1. */
export async function startTcpProxy(target: { url: string }): Promise<TcpProxy> {
  const { hostname, port } = new URL(target.url);
  const sockets = new Set<Socket>();
  const connections = new Set<readonly [Socket, Socket]>();
  // Half-open: a forgotten connection must not answer the end of the other side.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const connection = [client, upstream] as const;
    connections.add(connection);
    for (const [socket, other] of [connection, [upstream, client] as const]) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        // A forgotten connection stays silent also when one side closes it.
        if (connections.delete(connection)) other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    forgetConnections() {
      const forgotten = [...connections];
      connections.clear();
      for (const [client, upstream] of forgotten) {
        for (const [socket, other] of [[client, upstream] as const, [upstream, client] as const]) {
          socket.unpipe(other);
          socket.resume();
        }
      }
      return forgotten.length;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
