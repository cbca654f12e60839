import type { Response } from 'express';
import { onceClosed } from './response-closed.ts';

/** Returns a signal that aborts when the client closes its connection before it has the response. */
export function clientLeft(response: Response): AbortSignal {
  const left = new AbortController();
  onceClosed(response, () => {
    if (!response.writableFinished) left.abort();
  });
  return left.signal;
}
