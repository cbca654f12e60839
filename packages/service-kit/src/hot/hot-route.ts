import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { JsonRequest, JsonResponse } from '../requests/json-request.ts';

/** What a hot route sees of a request. Its body is undefined for a GET; every number in it is exact. */
export type HotRequest = JsonRequest & {
  /** The query as it was sent, without the question mark; empty without one. */
  query: string;
  headers: IncomingHttpHeaders;
  /** The body as it was sent. */
  bytes: Buffer | undefined;
  /** The request itself; its body has been read. */
  message: IncomingMessage;
};

/** A response with a JSON text, or one whose body is formatted as the app does it. */
export type HotResponse = { status: number; text: string } | JsonResponse;

/**
 * Looks up whether a client address may send another request; if not, returns undefined, and the app refuses it.
 *
 * The result counts the request and returns the headers that the app would add to the response.
 */
export type HotLimit = (address: string) => (() => Record<string, string>) | undefined;

/**
 * A route for the ordinary case of frequent requests, in front of an Express app that has the same route for every
 * case. It adds no rules: whatever it does not serve, the app serves or refuses.
 */
export type HotRoute = {
  method: 'GET' | 'POST';
  /** The exact path; a route of the app. */
  path: string;
  /** The names of further headers that the route reads itself, in lower case. */
  headers?: readonly string[];
  /** The largest body, in bytes; larger ones are left to the app. */
  bodyBytes?: number;
  /** Checks a request before its body is read, as the app does; others are left to the app. By default, all pass. */
  admits?: (message: IncomingMessage) => boolean;
  /** The rate limit of the app, if the route has one. */
  limit?: HotLimit | undefined;
  /**
   * Begins to serve a request.
   *
   * To leave it to the app, returns undefined or throws, before anything has changed. If the promise rejects, the app
   * sends the error; if it resolves to undefined, the client has left and gets none.
   */
  serve: (request: HotRequest) => Promise<HotResponse | undefined> | HotResponse | undefined;
};
