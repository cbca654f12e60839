import type { Request, Response } from 'express';
import { hotFailureOf } from '../hot/hot-failure.ts';
import { loggedIds } from '../problems/problem.ts';
import type { RequestRecorder } from './request-recorder.ts';
import { onceClosed } from './response-closed.ts';

/** Reports whether any of a response was sent. One that is queued behind another on its connection has no socket. */
function hasBegun({ headersSent, socket }: Response): boolean {
  return headersSent && socket !== null;
}

/** Returns a function that measures a request until its response ends, and logs it. */
export function measureRequests(record: RequestRecorder): (request: Request, response: Response) => void {
  return (request, response) => {
    const hot = hotFailureOf(request);
    const startedAt = hot?.startedAt ?? performance.now();
    // Routers change `request.path` on the way.
    const { method, path } = request;
    let recorded = hot?.recorded ?? false;
    const recordOnce = (status: number | undefined) => {
      if (recorded) return;
      recorded = true;
      const pattern: unknown = request.route?.path;
      const route = typeof pattern === 'string' ? pattern : (hot?.route ?? 'unmatched');
      record({ method, path, route, status, startedAt, ids: () => loggedIds(response) });
    };
    response.on('finish', () => recordOnce(response.statusCode));
    // Follows `finish`, or comes alone when the client leaves. A stream that had begun keeps its status, as in nginx.
    onceClosed(response, () => recordOnce(hasBegun(response) ? response.statusCode : undefined));
  };
}
