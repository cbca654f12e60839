import type { Write } from '../causality/write.ts';
import type { Storage } from './storage.ts';

/** Is told what was stored together, and how many milliseconds that took. */
export type CommitListener = (writes: readonly Write[], tookMs: number) => void;

type Waiting = { writes: readonly Write[]; resolve: () => void; reject: (error: unknown) => void };

/**
 * Hands writes to storage in the order they come, one commit at a time. All that arrives while a commit is
 * under way goes into the next one together, so one flush serves every write that waits for it.
 */
export class GroupCommit {
  readonly #storage: Pick<Storage, 'commit'>;
  readonly #onCommitted: CommitListener;
  readonly #now: () => number;
  #waiting: Waiting[] = [];
  #idle: Promise<void> | undefined;
  #failure: unknown;

  /**
   * @param onCommitted called after every commit, before the writes in it are acknowledged
   * @param now milliseconds
   */
  constructor(storage: Pick<Storage, 'commit'>, onCommitted: CommitListener, now: () => number) {
    this.#storage = storage;
    this.#onCommitted = onCommitted;
    this.#now = now;
  }

  /**
   * Resolves once the writes are stored. Rejects when storing failed, and ever after: what came later
   * depends on what was lost, so nothing more may be stored.
   */
  add(writes: readonly Write[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ writes, resolve, reject });
      this.#idle ??= this.#run().finally(() => {
        this.#idle = undefined;
      });
    });
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.#idle;
  }

  async #run(): Promise<void> {
    // What the caller adds in the same turn of the event loop still joins the first commit.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const writes = batch.flatMap((waiting) => waiting.writes);
      const startedAt = this.#now();
      try {
        if (this.#failure !== undefined) throw this.#failure;
        // Nothing to store, but something before it to wait for: an answer about a duplicate.
        if (writes.length > 0) await this.#storage.commit(writes);
      } catch (error) {
        this.#failure = error;
        for (const { reject } of batch) reject(error);
        continue;
      }
      if (writes.length > 0) this.#onCommitted(writes, this.#now() - startedAt);
      for (const { resolve } of batch) resolve();
    }
  }
}
