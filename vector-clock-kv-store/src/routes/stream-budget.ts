import type { EventEmitter } from 'node:events';
import type { Writable } from 'node:stream';
import { onceClosed, UnavailableError } from '@gridclock/service-kit';

/** The part of an Express response that a stream needs. */
type Streamed = Writable & { req: { socket: EventEmitter } };

/** The most streams, and the most bytes that they hold together for clients that do not read them. */
export type StreamLimits = { streams: number; unsentBytes: number };

/**
 * Limits what streamed responses hold in memory. When clients that stop reading hold too much, the stream that has been
 * waiting longest is closed; its client can connect again.
 */
export class StreamBudget {
  readonly #limits: StreamLimits;
  readonly #open = new Set<Streamed>();
  /** The streams whose client does not read at the moment, longest first, with the bytes that they hold. */
  readonly #stalled = new Map<Streamed, number>();

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  /** Counts a stream until it closes. @throws UnavailableError if there are too many */
  open(response: Streamed): void {
    const { streams } = this.#limits;
    if (this.#open.size >= streams)
      throw new UnavailableError(`This node already sends ${streams} streams, the most it does`, {
        budget: 'streams',
        limit: streams,
      });
    this.#open.add(response);
    response.on('drain', () => this.#stalled.delete(response));
    onceClosed(response, () => {
      this.#open.delete(response);
      this.#stalled.delete(response);
    });
  }

  /** Writes to a stream; returns false if the caller should wait for `drain`, as `response.write`. */
  write(response: Streamed, text: string): boolean {
    if (response.write(text)) return true;
    this.#stalled.delete(response);
    this.#stalled.set(response, response.writableLength);
    let held = [...this.#stalled.values()].reduce((sum, bytes) => sum + bytes, 0);
    for (const [other, bytes] of this.#stalled) {
      if (held <= this.#limits.unsentBytes || other === response) break;
      held -= bytes;
      this.#stalled.delete(other);
      other.destroy();
    }
    return false;
  }
}
