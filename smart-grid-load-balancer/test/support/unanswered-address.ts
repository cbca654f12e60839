import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export type UnansweredAddress = { url: string; close: () => void };

const LISTEN = `
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 });
  server.on('listening', () => console.log(server.address().port));
`;

/** 500 ms: on one machine, a connection that the kernel accepts is established within a millisecond. */
const CONNECTED_WITHIN_MS = 500;

/**
 * Opens an address that answers no SYN, like a host that is switched off: a paused process listens there, and its
 * queue of connections is full, so that the kernel drops further ones.
 */
export async function openUnansweredAddress(): Promise<UnansweredAddress> {
  const listener = spawn(process.execPath, ['--eval', LISTEN], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(listener.stdout), 'line');
  const port = Number(line);
  listener.kill('SIGSTOP');
  const queued: Socket[] = [];
  const close = () => {
    for (const socket of queued) socket.destroy();
    listener.kill('SIGKILL');
  };
  for (let index = 0; index < 20; index += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    queued.push(socket);
    const connected = once(socket, 'connect', { signal: AbortSignal.timeout(CONNECTED_WITHIN_MS) });
    if (await connected.then(() => false).catch(() => true))
      return { url: `http://127.0.0.1:${port}`, close };
  }
  close();
  throw new Error('the queue of connections never became full');
}
