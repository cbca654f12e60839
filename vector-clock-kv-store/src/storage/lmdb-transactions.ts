import type { LmdbDirectory } from '@gridclock/durable-tables/lmdb';
import { DiskFullError, type RunTransaction } from './full-disk.ts';
import { StorageWriteError, writeFailure } from './write-failure.ts';

/** Changes a data directory in transactions, and says why one failed. */
export class LmdbTransactions {
  readonly #directory: LmdbDirectory;
  readonly #run: RunTransaction;

  /** @param run runs each transaction, and may repeat it while the disk is full */
  constructor(directory: LmdbDirectory, run: RunTransaction) {
    this.#directory = directory;
    this.#run = run;
  }

  /** Applies changes, all or none. `change` may run several times. */
  apply(change: () => unknown): Promise<void> {
    const { root, path } = this.#directory;
    return this.#run(async () => {
      try {
        // A child transaction, because LMDB's package commits half of a plain one if its callback throws.
        await root.childTransaction(() => void change());
      } catch (error) {
        const failure = await writeFailure(error, path);
        if (failure instanceof DiskFullError) this.#checkUsable();
        throw failure;
      }
    });
  }

  /**
   * Throws if LMDB accepts no more transactions, as after it could not write its own state. Repeating one would never
   * settle; the process must exit.
   */
  #checkUsable(): void {
    const { root, path } = this.#directory;
    try {
      root.transactionSync(() => {});
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StorageWriteError(`LMDB cannot write to ${path}: ${reason}`);
    }
  }
}
