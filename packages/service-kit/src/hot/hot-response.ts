import type { IncomingMessage, ServerResponse } from 'node:http';
import { PROBLEM_JSON, problemBody } from '../problems/problem.ts';
import { REQUEST_ID_HEADER } from '../requests/request-id.ts';
import { securityHeaders } from '../requests/security-headers.ts';
import type { HotResponse } from './hot-route.ts';

/** A response that is ready to be sent. */
type FormattedResponse = {
  status: number;
  headers: string[];
  /** Undefined for a status that has no body. */
  text: string | undefined;
  /** The id in the body of an error. */
  idInBody?: unknown;
};

const JSON_TYPE = 'application/json; charset=utf-8';

const PROBLEM_TYPE = `${PROBLEM_JSON}; charset=utf-8`;

/** The headers of every response besides its id and those of its body, in pairs. */
const fixedHeaders = securityHeaders.flat();

/** Statuses without a body, and without the headers of one. */
const bodiless = new Set([204, 304]);

/** Formats a response as the app does, with its problem if it is an error. */
export function formatResponse(
  response: HotResponse,
  id: string,
  { accept }: IncomingMessage['headers'],
  limitHeaders: Readonly<Record<string, string>>,
): FormattedResponse {
  const { status } = response;
  const headers = [REQUEST_ID_HEADER, id, ...fixedHeaders];
  add(headers, limitHeaders);
  if ('text' in response) return withBody(status, headers, JSON_TYPE, response.text);
  if (response.headers !== undefined) add(headers, response.headers);
  if (bodiless.has(status)) return { status, headers, text: undefined };
  // A response with this status never has content (RFC 9110).
  if (status === 205) return withBody(status, headers, JSON_TYPE, '');
  if (status < 400) return withBody(status, headers, JSON_TYPE, JSON.stringify(response.body));
  const problem = problemBody(status, response.body, id);
  const type = accept?.includes(PROBLEM_JSON) ? PROBLEM_TYPE : JSON_TYPE;
  const formatted = withBody(status, headers, type, JSON.stringify(problem));
  return { ...formatted, idInBody: problem.request_id };
}

/** One by one: to flatten entries takes several microseconds. */
function add(headers: string[], further: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(further)) headers.push(name, further[name] ?? '');
}

function withBody(status: number, headers: string[], type: string, text: string): FormattedResponse {
  headers.push('Content-Type', type, 'Content-Length', String(Buffer.byteLength(text)));
  return { status, headers, text };
}

/** @throws Error if a header has a character that must not be sent */
export function sendFormatted(response: ServerResponse, { headers, status, text }: FormattedResponse): void {
  response.writeHead(status, headers);
  response.end(text);
}
