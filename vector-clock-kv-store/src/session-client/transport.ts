/** One request to a node. */
export type TransportRequest = {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  /** A JSON text. */
  body?: string;
  headers?: Readonly<Record<string, string>>;
  /** Gives the request up when it aborts. */
  signal: AbortSignal;
};

/** A complete response. */
export type TransportResponse = {
  status: number;
  text: string;
  /** How long the server asks clients to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
};

/** A response whose body is still to come. */
export type StreamResponse = {
  status: number;
  chunks: AsyncIterable<Uint8Array>;
  /** The media type of the body; undefined if the transport does not know it. */
  type?: string | undefined;
  /** How long the server asks clients to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
};

/** Sends the requests of a client. Every method throws TransportError if there is no complete response. */
export type Transport = {
  request: (request: TransportRequest) => Promise<TransportResponse>;
  stream: (request: TransportRequest) => Promise<StreamResponse>;
};

/**
 * A request got no complete response. `refused`: no server can have handled it, because there was no connection.
 * `ambiguous`: one may have.
 */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly kind: 'refused' | 'ambiguous';

  constructor(reason: string, kind: 'refused' | 'ambiguous') {
    super(reason);
    this.kind = kind;
  }
}
