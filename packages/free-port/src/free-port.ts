import { createSocket } from 'node:dgram';
import getPort from 'get-port';

/**
 * Below 30000, so that nobody gets such a port by chance: Linux takes the ports of outgoing connections, and of servers
 * that ask for any port, from 32768 up, macOS and Windows from 49152, and Kubernetes those of its services from 30000.
 */
const LOWEST = 10_000;
const HIGHEST = 29_999;

/** The only port of these that fetch and browsers refuse to call. */
const BLOCKED = 10_080;

/** So many in a row are never all in use. */
const ATTEMPTS = 1_000;

/**
 * Returns a free TCP port that no other caller gets before this process exits, in whatever process it runs. So a program
 * that starts late, or again, finds its port free.
 *
 * @throws Error if there is none
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    if (port !== BLOCKED && (await isReserved(port)) && (await getPort({ port })) === port) return port;
  }
  throw new Error(`no free port found from ${LOWEST} to ${HIGHEST}`);
}

/**
 * Reserves a TCP port by binding the UDP port of the same number, which the operating system gives to only one process
 * and takes back when that exits, however it does.
 */
function isReserved(port: number): Promise<boolean> {
  const socket = createSocket('udp4').unref();
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true));
  });
}
