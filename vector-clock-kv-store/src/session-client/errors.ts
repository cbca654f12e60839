import type { VectorClock } from '../causality/vector-clock.ts';

/** A node responded with an error. `body` is the response's body. */
export class StoreError extends Error {
  override readonly name: string = 'StoreError';
  /** Names the request, such as `put x`. */
  readonly call: string;
  readonly status: number;
  readonly body: unknown;
  /** What a program can tell errors apart by, such as `not_serving`; undefined if the node sent none. */
  readonly code: string | undefined;

  constructor(call: string, status: number, body: unknown) {
    super(`${call} failed with status ${status}: ${JSON.stringify(body)}`);
    this.call = call;
    this.status = status;
    this.body = body;
    this.code = codeOf(body);
  }
}

/** No node caught up with what the session has seen within the wait. Nothing was written. */
export class BehindError extends StoreError {
  override readonly name = 'BehindError';
  /** For each node, its latest write that the asked node lacks. */
  readonly missing: VectorClock;

  constructor(call: string, body: unknown, missing: VectorClock) {
    super(call, 503, body);
    this.missing = missing;
  }
}

/** A write was made, but fewer nodes than `acks` stored it within the wait. Do not repeat it. */
export class TooFewCopiesError extends StoreError {
  override readonly name = 'TooFewCopiesError';
  /** The number of nodes that had stored the write. */
  readonly storedOn: number;

  constructor(call: string, body: unknown, storedOn: number) {
    super(call, 503, body);
    this.storedOn = storedOn;
  }
}

/** No node could be reached, or the connection was lost: a write may or may not have been made. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  /** Whether no node can have handled the request: a write was then not made. */
  readonly isNotSent: boolean;

  constructor(message: string, isNotSent = false) {
    super(message);
    this.isNotSent = isNotSent;
  }
}

/** A server sent what no node of this store sends. Check the URLs. */
export class InvalidResponseError extends Error {
  override readonly name = 'InvalidResponseError';
}

/** The nodes no longer have all writes since the watch's position. Read the keys, then watch again. */
export class WatchLostError extends Error {
  override readonly name = 'WatchLostError';
}

function codeOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('code' in body)) return undefined;
  return typeof body.code === 'string' ? body.code : undefined;
}
