import type { IncomingMessage, ServerResponse } from 'node:http';

/** 64 KiB: a smaller rest of a body costs less to read than a new connection. */
const WORTH_READING_BYTES = 64 * 1024;

/** 5 s: by then, a client on a busy machine has sent its body and read its response. */
const LINGER_MS = 5_000;

/** Whether much of a request's body may still arrive. */
export function hasLongUnreadBody({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  if (headers['transfer-encoding'] !== undefined) return true;
  return Number(headers['content-length'] ?? 0) > WORTH_READING_BYTES;
}

/**
 * Makes a response the last one of its connection, whose request has a body that nobody needs.
 *
 * Node.js would read the body to its end, however long that takes. This discards what arrives within some seconds: a
 * connection that is closed with unread bytes is reset, and a client that is still sending loses the response.
 */
export function discardBodyAndClose(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  response.setHeader('Connection', 'close');
  // Called once the last response is written.
  socket.destroySoon = () => {
    socket.end();
    request.resume();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
}
