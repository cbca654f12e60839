import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { onceClosed } from '../../src/requests/response-closed.ts';

function connection() {
  return Object.assign(new EventEmitter(), { destroyed: false });
}

function responseOn(socket: ReturnType<typeof connection>) {
  return Object.assign(new EventEmitter(), { closed: false, req: { socket } });
}

describe('onceClosed', () => {
  it('calls the listener once when the response closes, and again for no later event', () => {
    const socket = connection();
    const response = responseOn(socket);
    const listener = vi.fn();
    onceClosed(response, listener);
    expect(listener).not.toHaveBeenCalled();
    response.emit('close');
    response.emit('close');
    socket.emit('close');
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('calls the listeners of all responses when their connection closes', () => {
    const socket = connection();
    const listeners = [vi.fn(), vi.fn()];
    for (const listener of listeners) onceClosed(responseOn(socket), listener);
    socket.emit('close');
    for (const listener of listeners) expect(listener).toHaveBeenCalledTimes(1);
  });

  it('calls the listener at once if the response or its connection is closed already', () => {
    const gone = Object.assign(connection(), { destroyed: true });
    const listener = vi.fn();
    onceClosed(responseOn(gone), listener);
    onceClosed(Object.assign(responseOn(connection()), { closed: true }), listener);
    expect(listener).toHaveBeenCalledTimes(2);
  });

  it('leaves one listener on a connection, however many requests it serves', () => {
    const socket = connection();
    for (let request = 0; request < 1_000; request++) {
      const response = responseOn(socket);
      onceClosed(response, () => {});
      response.emit('close');
      expect(response.listenerCount('close')).toBe(0);
    }
    expect(socket.listenerCount('close')).toBe(1);
  });
});
