import type { Write } from '../causality/write.ts';
import { DiskFullError, type DiskState } from '../storage/full-disk.ts';
import { type CommitListener, GroupCommit } from '../storage/group-commit.ts';
import type { Storage } from '../storage/storage.ts';

type StoreCommitsOptions = {
  storage: Storage;
  /** The disk of the storage; undefined if it has none that could be full. */
  disk: DiskState | undefined;
  onCommitted: CommitListener;
  /** Called once, when a storage write fails. */
  onFailure: (error: unknown) => void;
  /** In milliseconds. */
  now: () => number;
};

/** Commits a store's writes. A full disk rejects those that wait; any other failure is reported once. */
export class StoreCommits {
  readonly #commits: GroupCommit;
  readonly #onFailure: (error: unknown) => void;
  #failed = false;

  constructor({ storage, disk, onCommitted, onFailure, now }: StoreCommitsOptions) {
    this.#onFailure = onFailure;
    this.#commits = new GroupCommit(storage, onCommitted, now);
    disk?.subscribe((full) => {
      if (full !== undefined) this.#commits.rejectWaiting(full);
    });
  }

  /** Resolves once the writes are stored; see `GroupCommit.add`. */
  async add(writes: readonly Write[]): Promise<void> {
    try {
      await this.#commits.add(writes);
    } catch (error) {
      if (error instanceof DiskFullError) throw error;
      if (!this.#failed) this.#onFailure(error);
      this.#failed = true;
      throw error;
    }
  }

  /** Resolves when no write is pending. */
  settled(): Promise<void> {
    return this.#commits.settled();
  }
}
