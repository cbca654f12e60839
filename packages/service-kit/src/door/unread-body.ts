import type { IncomingMessage, ServerResponse } from 'node:http';

/** 64 KiB: a smaller rest of a body costs less to read than a new connection. */
const WORTH_READING_BYTES = 64 * 1024;

/** 1 s: a client that reads its response has it within milliseconds. */
const LINGER_MS = 1_000;

/** Whether much of a request's body may still arrive. */
export function hasLongUnreadBody({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  if (headers['transfer-encoding'] !== undefined) return true;
  return Number(headers['content-length'] ?? 0) > WORTH_READING_BYTES;
}

/**
 * Makes a response the last one of its connection, whose request has a body that nobody will read.
 *
 * Node.js would read the body to its end, however long that takes. This stops reading, and leaves the client some time
 * to find the response: a connection that is closed with unread bytes is reset, and may lose it.
 */
export function closeWithoutReading(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  response.setHeader('Connection', 'close');
  // Called once the last response is written.
  socket.destroySoon = () => {
    socket.pause();
    socket.end();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
}
