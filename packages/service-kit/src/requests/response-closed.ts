import type { EventEmitter } from 'node:events';

/** The listeners of an open response: a property of it, because a WeakMap costs more in each request. */
const listenersOf = Symbol('listeners');

/** The part of an Express response whose end is awaited. */
export type Closable = Pick<EventEmitter, 'on' | 'off'> & {
  closed: boolean;
  req: { socket: EventEmitter & { destroyed?: boolean } };
  [listenersOf]?: (() => void)[] | undefined;
};

/** What closes the open responses of each connection. One listener for all: a connection may have many in its queue. */
const openOn = new WeakMap<EventEmitter, Set<() => void>>();

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
  const listeners = response[listenersOf];
  if (listeners === undefined) response[listenersOf] = listen(response, socket, [listener]);
  else listeners.push(listener);
}

function listen(response: Closable, socket: EventEmitter, listeners: (() => void)[]): (() => void)[] {
  const open = openOn.get(socket) ?? listenOnConnection(socket);
  const close = () => {
    response.off('close', close);
    if (!open.delete(close)) return;
    response[listenersOf] = undefined;
    for (const listener of listeners) listener();
  };
  // Not `once`, which wraps the listener.
  response.on('close', close);
  // A response queued behind another on its connection emits no `close` event.
  open.add(close);
  return listeners;
}

function listenOnConnection(socket: EventEmitter): Set<() => void> {
  const open = new Set<() => void>();
  openOn.set(socket, open);
  socket.once('close', () => {
    for (const close of open) close();
  });
  return open;
}
