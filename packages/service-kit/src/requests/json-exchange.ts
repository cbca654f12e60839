import type { Request, RequestHandler, Response } from 'express';
import { clientLeft, hasClosed } from './client-left.ts';
import { arrivalOf } from './deadline.ts';
import type { JsonRequest, JsonResponse } from './json-request.ts';
import { requestIdOf } from './request-id.ts';

/** Returns what a route sees of a request that Express serves. */
function jsonRequestOf(request: Request, response: Response): JsonRequest {
  return {
    body: request.body,
    header: (name) => headerIn(request.headers, name),
    id: requestIdOf(response),
    receivedAt: arrivalOf(response),
    left: () => clientLeft(response),
    hasLeft: () => hasClosed(response),
  };
}

/**
 * Makes an operation the handler of an Express route. If it resolves to undefined, the client has left and gets no
 * response.
 */
export function jsonHandler(
  operation: (request: JsonRequest) => Promise<JsonResponse | undefined>,
): RequestHandler {
  return async (request, response) => {
    const result = await operation(jsonRequestOf(request, response));
    if (result !== undefined) sendJsonResponse(response, result);
  };
}

/** Sends the response of a route with Express. */
export function sendJsonResponse(response: Response, { body, headers = {}, status }: JsonResponse): void {
  response.status(status).set(headers).json(body);
}

/** Returns a header by its name in lower case. Of those that are lists, services read none. */
export function headerIn(headers: Request['headers'], name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
