import type { EventEmitter } from 'node:events';

/** The part of an Express response whose end is awaited. */
export type Closable = Pick<EventEmitter, 'once' | 'off'> & {
  closed: boolean;
  req: { socket: EventEmitter & { destroyed?: boolean } };
};

/** The listeners of each connection. One listener for all: a connection may have many responses in its queue. */
const listenersOf = new WeakMap<EventEmitter, Set<() => void>>();

/**
 * Calls the listener once: when the response is complete or given up, or at once if it already is.
 *
 * Leaves nothing behind on the connection, which may serve millions of requests.
 */
export function onceClosed(response: Closable, listener: () => void): void {
  const { socket } = response.req;
  if (response.closed || socket.destroyed === true) {
    listener();
    return;
  }
  const listeners = listenersOf.get(socket) ?? listen(socket);
  const close = () => {
    response.off('close', close);
    if (listeners.delete(close)) listener();
  };
  response.once('close', close);
  // A response queued behind another on its connection emits no `close` event.
  listeners.add(close);
}

function listen(socket: EventEmitter): Set<() => void> {
  const listeners = new Set<() => void>();
  listenersOf.set(socket, listeners);
  socket.once('close', () => {
    for (const close of listeners) close();
  });
  return listeners;
}
