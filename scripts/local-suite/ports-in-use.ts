import { createServer } from 'node:net';
import { SuiteError } from './suite.ts';

/** @throws SuiteError that lists every port in use and what it is needed for */
export async function requireFreePorts(wanted: readonly { name: string; port: number }[]): Promise<void> {
  const inUse = await portsInUse(wanted);
  if (inUse.length === 0) return;
  const list = inUse.map(({ name, port }) => `${port} (${name})`).join(', ');
  throw new SuiteError(
    `${inUse.length === 1 ? 'Port' : 'Ports'} already in use: ${list}. Stop the process that listens there, or set PORT_OFFSET to shift every port.`,
  );
}

/** Returns the entries of `wanted` whose port another process listens on. */
export async function portsInUse<Wanted extends { port: number }>(
  wanted: readonly Wanted[],
): Promise<Wanted[]> {
  const free = await Promise.all(wanted.map(({ port }) => isFree(port)));
  return wanted.filter((_, index) => !free[index]);
}

/** Tries all addresses and 127.0.0.1: some systems allow one while the other is in use. */
async function isFree(port: number): Promise<boolean> {
  return (await canListen(port)) && (await canListen(port, '127.0.0.1'));
}

function canListen(port: number, host?: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => server.close(() => resolve(true)));
  });
}
