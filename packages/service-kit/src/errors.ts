/**
 * An error that is meant for the client: its status and body are the answer. Anything else that a route
 * throws becomes a 500 that says nothing of the inside.
 */
export class HttpError extends Error {
  override readonly name: string = 'HttpError';
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param status the HTTP status, 400 to 599
   * @param message becomes `error` in the body
   * @param details further members of the body
   * @param headers further headers of the answer, such as `Retry-After`
   */
  constructor(
    status: number,
    message: string,
    details: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = status;
    this.body = { error: message, ...details };
    this.headers = headers;
  }
}

/** This cannot be done now, but probably in a second: a 503 with `Retry-After`. */
export class UnavailableError extends HttpError {
  override readonly name = 'UnavailableError';

  constructor(message: string, details: Record<string, unknown> = {}) {
    super(503, message, details, { 'Retry-After': '1' });
  }
}

/** A request that is wrong in itself. `field` names the part of it that is, as a dotted path. */
export class BadRequestError extends HttpError {
  override readonly name = 'BadRequestError';

  constructor(field: string, reason: string, status = 400, details: Record<string, unknown> = {}) {
    super(status, `${field}: ${reason}`, { field, ...details });
  }
}
