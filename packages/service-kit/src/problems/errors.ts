import type { ProblemDetails } from './problem.ts';

/**
 * An error for the client: its status, body and headers become the response. Any other error that a route
 * throws becomes a 500 without details.
 *
 * The app adds the fields of every error response (problem.ts), so a route throws, or sends, only its own:
 * `throw new HttpError(503, 'Too many bodies in progress', { code: 'over_budget', budget: 'bodies' }, { 'Retry-After': '1' })`.
 * A new code needs a line in problem-codes.ts and a row in docs/errors.md.
 */
export class HttpError extends Error {
  override readonly name: string = 'HttpError';
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param status the HTTP status, 400 to 599
   * @param message the field `error` of the body
   * @param details further fields of the body; `code` is one of problem-codes.ts
   * @param headers further headers of the response, such as `Retry-After`
   */
  constructor(
    status: number,
    message: string,
    details: ProblemDetails = {},
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = status;
    this.body = { error: message, ...details };
    this.headers = headers;
  }
}

/** The process cannot start. The message is one line; the exit code identifies the cause for a supervisor. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A temporary failure: a 503 with `Retry-After: 1` (second). */
export class UnavailableError extends HttpError {
  override readonly name = 'UnavailableError';

  constructor(message: string, details: ProblemDetails = {}) {
    super(503, message, details, { 'Retry-After': '1' });
  }
}

/** An invalid request. `field` is the dotted path of the invalid part. */
export class BadRequestError extends HttpError {
  override readonly name = 'BadRequestError';

  constructor(
    field: string,
    reason: string,
    status = 400,
    details: ProblemDetails = {},
    headers: Record<string, string> = {},
  ) {
    super(status, `${field}: ${reason}`, { field, ...details }, headers);
  }
}
