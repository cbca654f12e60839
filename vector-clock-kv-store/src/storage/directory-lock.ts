import { createHash } from 'node:crypto';
import { realpath, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Another process works in the directory. */
class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
}

/** The longest path that a local socket can have on every system. */
const LONGEST_SOCKET_PATH = 100;

/**
 * Makes a directory this process' own until it ends, however it ends: the lock is a local socket, and the
 * system closes it with the process. A file with a process id would outlive a crash.
 *
 * @returns gives the directory back
 * @throws DirectoryInUseError when another process has it
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = socketPath(await realpath(directory));
  const server = await listen(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    if (await answers(path)) throw new DirectoryInUseError(`${directory} is in use by another node`);
    // Left behind by a process that was killed.
    await unlink(path);
    return listen(path);
  });
  return () => new Promise((resolve) => server.close(() => resolve()));
}

function socketPath(directory: string): string {
  const name = `gridclock-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  // Inside the directory, so that containers that share it meet, unless its name is too long for a socket.
  const inside = join(directory, 'in-use');
  return inside.length <= LONGEST_SOCKET_PATH ? inside : join(tmpdir(), name);
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(path, () => {
      // The lock alone must not keep the process running.
      server.unref();
      resolve(server);
    });
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
