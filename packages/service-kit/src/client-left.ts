import type { Response } from 'express';

/** Returns a signal that aborts when the client closes its connection before it has the response. */
export function clientLeft(response: Response): AbortSignal {
  const left = new AbortController();
  const close = () => {
    if (!response.writableFinished) left.abort();
  };
  if (response.closed) close();
  else response.once('close', close);
  return left.signal;
}
