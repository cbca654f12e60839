import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { Dot, VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { Storage } from '../storage/storage.ts';
import { type RejectedWrite, RejectedWrites, sendIsolating } from './rejected-writes.ts';
import { RejectedError } from './transport.ts';

export type LinkSenderOptions = {
  storage: Pick<Storage, 'log'>;
  scheduler: Scheduler;
  /** Sends writes to the peer. @throws RejectedError if the peer rejects one of them */
  deliver: (writes: readonly Write[]) => Promise<void>;
  /** Called when the peer has rejected a write more than once. */
  onRejected?: ((write: RejectedWrite) => void) | undefined;
};

/** Sends writes to one peer. What the peer rejects, and whatever depends on that, waits; everything else is sent. */
export class LinkSender {
  readonly #options: LinkSenderOptions;
  readonly #rejected = new RejectedWrites();

  constructor(options: LinkSenderOptions) {
    this.#options = options;
  }

  /** The writes that the peer rejects for good. They are tried again, ever more slowly. */
  get rejected(): RejectedWrite[] {
    return this.#rejected.lasting();
  }

  /** Reports whether a write is rejected or depends on a rejected one. */
  blocks(write: Write): boolean {
    return this.#rejected.blocks(write);
  }

  async send(writes: readonly Write[]): Promise<void> {
    await sendIsolating(
      writes,
      (batch) => this.#rejection(batch),
      (dot, reason) => this.#reject(dot, reason),
      (write) => this.#rejected.blocks(write),
    );
  }

  /** Tries the rejected writes again that are due, each alone. @param delivered the writes that the peer has */
  async retry(delivered: VectorClock): Promise<void> {
    this.#rejected.forget(delivered);
    const { scheduler, storage } = this.#options;
    for (const dot of this.#rejected.due(scheduler.now())) {
      const [write] = storage.log(dot.node, dot.counter - 1, { writes: 1, bytes: 1 });
      // Pruned meanwhile: the peer fetches it with a snapshot.
      const reason = write === undefined ? undefined : await this.#rejection([write]);
      if (reason === undefined) this.#rejected.remove(dot);
      else this.#reject(dot, reason);
    }
  }

  #reject({ node, counter }: Dot, reason: string): void {
    const { scheduler, onRejected } = this.#options;
    if (this.#rejected.add({ node, counter }, reason, scheduler.now()))
      onRejected?.({ node, counter, reason });
  }

  /** Sends writes. Returns why the peer rejects them, undefined if it does not. */
  async #rejection(writes: readonly Write[]): Promise<string | undefined> {
    try {
      await this.#options.deliver(writes);
      return undefined;
    } catch (error) {
      if (error instanceof RejectedError) return error.message;
      throw error;
    }
  }
}
