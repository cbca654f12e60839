import type { ServerResponse } from 'node:http';
import { Cancellation, type CancelSignal } from '../pacing/cancellation.ts';
import { onceClosed } from './response-closed.ts';

/** Returns a signal that aborts when the client closes its connection before it has the response. */
export function clientLeft(response: ServerResponse): CancelSignal {
  const left = new Cancellation();
  onceClosed(response, () => {
    if (!response.writableFinished) left.abort();
  });
  return left;
}

/** Whether the client of a response that was not sent yet has closed its connection. */
export function hasClosed({ closed, req }: ServerResponse): boolean {
  return closed || req.socket.destroyed;
}
