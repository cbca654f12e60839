import express, { type Express, type Response } from 'express';
import { requestIdOf } from '../requests/request-id.ts';
import { sendJson } from '../requests/send-json.ts';
import { defaultCode, isProblemCode, type ProblemCode, problemCodes } from './problem-codes.ts';

/** Fields of an error response besides `error`. Without a code, it gets the default one of its status. */
export type ProblemDetails = { readonly [name: string]: unknown; readonly code?: ProblemCode };

/** The media type of errors in RFC 9457. */
export const PROBLEM_JSON = 'application/problem+json';

/**
 * Completes the body of an error response: the fields of RFC 9457, `code` and `request_id`, beside its own. Its own
 * win, also where one of them is called `status` or `detail`; readers of RFC 9457 ignore those of another type.
 *
 * @param body anything but an object, such as a proxy's page, is dropped
 */
export function problemBody(status: number, body: unknown, requestId: string): Record<string, unknown> {
  const given: Record<string, unknown> = isObject(body) ? { ...body } : {};
  const byDefault = defaultCode(status, typeof given.error === 'string' ? given.error : undefined);
  const code = typeof given.code === 'string' ? given.code : byDefault;
  const { title } = problemCodes[isProblemCode(code) ? code : byDefault];
  const error = typeof given.error === 'string' ? given.error : title;
  const standard = {
    type: `urn:problem-type:gridclock:${code}`,
    title,
    status,
    detail: error,
    code,
    request_id: requestId,
  };
  // A relayed status may differ; one that is no number has another meaning.
  if (typeof given.status === 'number') delete given.status;
  const missing = Object.entries(standard).filter(([name]) => given[name] === undefined);
  return { error, ...given, ...Object.fromEntries(missing) };
}

/**
 * Makes `response.json` of an app complete the body of every error response, also of those that routes send or relay
 * themselves.
 *
 * They stay `application/json`, which existing clients expect, except for clients that accept
 * `application/problem+json`.
 */
export function completeProblems(app: Express): void {
  const { json } = express.response;
  app.response.json = function completeJson(this: Response, body?: unknown): Response {
    if (this.statusCode < 400) return sendJson(this, body) ? this : json.call(this, body);
    const problem = problemBody(this.statusCode, body, requestIdOf(this));
    if (this.req.get('accept')?.includes(PROBLEM_JSON)) this.type(PROBLEM_JSON);
    this.locals[PROBLEM_ID] = problem.request_id;
    return sendJson(this, problem) ? this : json.call(this, problem);
  };
}

const PROBLEM_ID = 'problemId';

/**
 * The ids of a request in a log line. `request_id` is the one in its error response; where that is a charge's, which
 * outlives the request, `http_request_id` is the request's own.
 */
export function loggedIds(response: Response): Record<string, unknown> {
  return idsOf(requestIdOf(response), response.locals[PROBLEM_ID]);
}

/** As `loggedIds`. @param inBody the id in the body of the error response; undefined for any other response */
export function idsOf(id: string, inBody: unknown): Record<string, unknown> {
  return inBody === undefined || inBody === id
    ? { request_id: id }
    : { request_id: inBody, http_request_id: id };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
