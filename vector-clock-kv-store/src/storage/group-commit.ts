import { writeMemoryBytes } from '../causality/memory-size.ts';
import type { Write } from '../causality/write.ts';
import type { DiskFullError } from './full-disk.ts';
import type { Storage } from './storage.ts';

/** Called with the writes of one commit and the commit's duration in milliseconds. */
export type CommitListener = (writes: readonly Write[], tookMs: number) => void;

/** Writes to commit together, and the memory that they take. */
type Pending = {
  writes: readonly Write[];
  bytes: number;
  resolve: () => void;
  reject: (error: unknown) => void;
};

/**
 * 4 MiB of memory per commit, though at least one write. Preparing them blocks the event loop for some 20 ms, and LMDB
 * holds the pages of a commit, about twice as much, outside of the heap.
 */
const COMMIT_BYTES = 4 * 1024 * 1024;

/**
 * Commits writes to storage in order, one commit at a time. Writes that arrive during a commit share the next
 * one as far as it may go, so a single flush makes all of them durable.
 */
export class GroupCommit {
  readonly #storage: Pick<Storage, 'commit'>;
  readonly #onCommitted: CommitListener;
  readonly #now: () => number;
  #pending: Pending[] = [];
  /** The writes being committed. */
  #committing: Pending[] = [];
  #idle: Promise<void> | undefined;
  #failure: unknown;

  /**
   * @param onCommitted called after each commit, before its writes are acknowledged
   * @param now in milliseconds
   */
  constructor(storage: Pick<Storage, 'commit'>, onCommitted: CommitListener, now: () => number) {
    this.#storage = storage;
    this.#onCommitted = onCommitted;
    this.#now = now;
  }

  /**
   * Resolves once the writes are stored. After a failure every call rejects: later writes may depend on the
   * lost ones.
   */
  add(writes: readonly Write[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const parts = split(writes);
      for (const part of parts.slice(0, -1)) this.#pending.push({ ...part, resolve() {}, reject });
      this.#pending.push({ ...(parts.at(-1) ?? { writes: [], bytes: 0 }), resolve, reject });
      this.#idle ??= this.#run();
    });
  }

  /**
   * Rejects all pending calls, because the disk is full and they would wait for long. Their writes stay queued, and
   * are stored and reported to the listener once there is room.
   */
  rejectWaiting(reason: DiskFullError): void {
    for (const { reject } of [...this.#committing, ...this.#pending]) reject(reason);
  }

  /** Resolves when no write is pending. */
  async settled(): Promise<void> {
    while (this.#idle !== undefined) await this.#idle;
  }

  async #run(): Promise<void> {
    // Writes added in the same turn of the event loop still join the first commit.
    await Promise.resolve();
    try {
      while (this.#pending.length > 0) {
        const batch = this.#takeBatch();
        this.#committing = batch;
        const writes = batch.flatMap((pending) => pending.writes);
        const startedAt = this.#now();
        try {
          if (this.#failure !== undefined) throw this.#failure;
          // An empty batch waits for the commits before it: the reply to a duplicate.
          if (writes.length > 0) await this.#storage.commit(writes);
        } catch (error) {
          this.#failure = error;
          for (const { reject } of batch) reject(error);
          continue;
        }
        if (writes.length > 0) this.#onCommitted(writes, this.#now() - startedAt);
        for (const { resolve } of batch) resolve();
      }
    } finally {
      // Together with the last check: a write added in between would wait for the next one to start a commit.
      this.#idle = undefined;
    }
  }

  #takeBatch(): Pending[] {
    let bytes = 0;
    const end = this.#pending.findIndex((pending, index) => {
      bytes += pending.bytes;
      return index > 0 && bytes > COMMIT_BYTES;
    });
    return this.#pending.splice(0, end === -1 ? this.#pending.length : end);
  }
}

/** Divides writes into parts for one commit each. */
function split(writes: readonly Write[]): Pick<Pending, 'writes' | 'bytes'>[] {
  const parts: Pick<Pending, 'writes' | 'bytes'>[] = [];
  let from = 0;
  let total = 0;
  writes.forEach((write, index) => {
    const bytes = writeMemoryBytes(write);
    if (index > from && total + bytes > COMMIT_BYTES) {
      parts.push({ writes: writes.slice(from, index), bytes: total });
      [from, total] = [index, 0];
    }
    total += bytes;
  });
  if (writes.length > 0) parts.push({ writes: from === 0 ? writes : writes.slice(from), bytes: total });
  return parts;
}
