import type { ServerResponse } from 'node:http';
import { onceClosed } from './response-closed.ts';

/** Returns a signal that aborts when the client closes its connection before it has the response. */
export function clientLeft(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  onceClosed(response, () => {
    if (!response.writableFinished) left.abort();
  });
  return left.signal;
}

/** Whether the client of a response that was not sent yet has closed its connection. */
export function hasClosed({ closed, req }: ServerResponse): boolean {
  return closed || req.socket.destroyed;
}
