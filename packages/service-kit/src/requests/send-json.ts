import type { Response } from 'express';

/** Responses without a body. */
const bodiless = new Set([204, 205, 304]);

/**
 * Sends a JSON value as Express does by default, in a fraction of the time.
 *
 * @returns false if it sent nothing, because the response needs what only Express does
 */
export function sendJson(response: Response, value: unknown): boolean {
  const { method, headers } = response.req;
  const isConditional = headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined;
  if (isConditional || bodiless.has(response.statusCode) || response.hasHeader('Content-Type')) return false;
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) return false;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  if (method === 'HEAD') response.end();
  else response.end(text);
  return true;
}
