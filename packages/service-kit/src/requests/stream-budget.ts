import type { EventEmitter } from 'node:events';
import type { Writable } from 'node:stream';
import { UnavailableError } from '../problems/errors.ts';
import { onceClosed } from './response-closed.ts';

/** The part of an Express response that a stream needs. */
type Streamed = Writable & { req: { socket: EventEmitter } };

/** The most streams, and the most bytes that they hold together for clients that do not read them. */
export type StreamLimits = { streams: number; unsentBytes: number };

/**
 * Limits what streamed responses hold in memory. When clients that stop reading hold too much, the stream that has been
 * waiting longest is closed; its client can connect again. One stream holds at most 16 KiB and its last event, as long
 * as its writer waits for `drain`.
 */
export class StreamBudget {
  readonly #limits: StreamLimits;
  readonly #open = new Set<Streamed>();
  /** The streams whose client does not read at the moment, longest first, with the bytes that they hold. */
  readonly #stalled = new Map<Streamed, number>();
  /** The bytes that the stalled streams hold together. */
  #held = 0;

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  /** Counts a stream until it closes. @throws UnavailableError if there are too many */
  open(response: Streamed): void {
    const { streams } = this.#limits;
    if (this.#open.size >= streams)
      throw new UnavailableError(`This service already sends ${streams} streams, the most it does`, {
        code: 'over_budget',
        budget: 'streams',
        limit: streams,
      });
    this.#open.add(response);
    response.on('drain', () => this.#forget(response));
    onceClosed(response, () => {
      this.#open.delete(response);
      this.#forget(response);
    });
  }

  /** Writes to a stream; returns false if the caller should wait for `drain`, as `response.write`. */
  write(response: Streamed, text: string): boolean {
    if (response.write(text)) return true;
    this.#forget(response);
    this.#stalled.set(response, response.writableLength);
    this.#held += response.writableLength;
    for (const other of this.#stalled.keys()) {
      if (this.#held <= this.#limits.unsentBytes || other === response) break;
      this.#forget(other);
      other.destroy();
    }
    return false;
  }

  #forget(response: Streamed): void {
    this.#held -= this.#stalled.get(response) ?? 0;
    this.#stalled.delete(response);
  }
}
