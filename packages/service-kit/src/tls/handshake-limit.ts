import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** 256: a handshake takes milliseconds, and holds about 50 kB until it is complete. */
const MAX_HANDSHAKES = 256;

/**
 * Limits the handshakes in progress, which no other limit counts: a new one beyond the limit takes the place of the
 * oldest. An honest client's is among the newest until it is complete.
 */
export function limitHandshakes(server: Server, limit = MAX_HANDSHAKES): void {
  const pending = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const [oldest] = pending;
    if (pending.size >= limit && oldest !== undefined) {
      pending.delete(oldest[0]);
      oldest[1].destroy();
    }
    const client = clientOf(socket);
    pending.set(client, socket);
    socket.once('close', () => {
      if (pending.get(client) === socket) pending.delete(client);
    });
  });
  server.on('secureConnection', (socket: Socket) => pending.delete(clientOf(socket)));
}

/** Node.js hides which connection a TLS socket uses; both have the same client. */
function clientOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
