import { join } from 'node:path';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import {
  CheckedDatabase,
  DATA_FILE,
  DamagedDataError,
  type LmdbDirectory,
  openLmdbDirectory,
} from './lmdb/index.ts';
import { StorageFailedError, type TableJournal } from './table-journal.ts';
import { writeFailureReason } from './write-failure.ts';

export type DurableTablesOptions<Name extends string> = {
  directory: string;
  /** The names of the tables. */
  tables: readonly Name[];
  scheduler: Pick<Scheduler, 'after'>;
  /** Called when the disk stops taking changes, and with undefined once it takes them again. */
  onFailure?: (failure: StorageFailedError | undefined) => void;
};

/** 5 s: how often a failed commit is tried again. An operator who frees space should not wait longer. */
const RETRY_AFTER_MS = 5_000;

type Waiter = { resolve: () => void; reject: (error: StorageFailedError) => void };

type PendingChange = { table: string; key: string; value: unknown };

/**
 * Keeps tables of JSON values on disk, in LMDB, for a service that holds them in memory.
 *
 * Changes of one turn of the event loop, and all that arrive during a commit, share the next commit and its one flush
 * to disk. A later change of a key replaces an earlier one that is not stored yet. After a failure the changes stay
 * pending and are tried again.
 */
export class DurableTables<Name extends string = string> implements TableJournal {
  readonly #options: DurableTablesOptions<Name>;
  readonly #directory: LmdbDirectory;
  readonly #tables: ReadonlyMap<string, CheckedDatabase<unknown, string>>;
  #pending = new Map<string, PendingChange>();
  /** Wait for the next commit. */
  #waiters: Waiter[] = [];
  /** Wait for the commit in progress. */
  #inFlight: Waiter[] = [];
  #committing: Promise<void> | undefined;
  #failure: StorageFailedError | undefined;
  #cancelRetry = () => {};

  private constructor(options: DurableTablesOptions<Name>, directory: LmdbDirectory) {
    this.#options = options;
    this.#directory = directory;
    const { root } = directory;
    const file = join(options.directory, DATA_FILE);
    this.#tables = new Map(options.tables.map((name) => [name, new CheckedDatabase(root, { name, file })]));
  }

  /**
   * Opens a data directory, creating it if necessary.
   *
   * @throws DamagedDataError if the data file is damaged
   * @throws StorageError if the directory is in use or not writable
   */
  static open<Name extends string>(options: DurableTablesOptions<Name>): Promise<DurableTables<Name>> {
    const { directory, tables } = options;
    return openLmdbDirectory(directory, tables.length, (opened) => new DurableTables(options, opened));
  }

  get failure(): StorageFailedError | undefined {
    return this.#failure;
  }

  /**
   * Iterates over a stored table, in the order of its keys.
   *
   * @param parse throws if a value is not what was stored
   * @throws Error naming the file and a damaged record
   */
  *entries<Value>(
    table: Name,
    parse: (value: unknown) => Value,
  ): Iterable<readonly [key: string, value: Value]> {
    const records = this.#tables.get(table);
    if (records === undefined) return;
    for (const { key, value } of records.getRange()) {
      try {
        yield [key, parse(value)];
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const file = join(this.#options.directory, DATA_FILE);
        throw new DamagedDataError(
          file,
          `the record ${JSON.stringify(key)} of ${table} is invalid (${reason})`,
        );
      }
    }
  }

  put(table: Name, key: string, value: unknown): void {
    this.#change({ table, key, value });
  }

  remove(table: Name, key: string): void {
    this.#change({ table, key, value: undefined });
  }

  flushed(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#pending.size === 0 && this.#committing === undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiters = this.#pending.size > 0 ? this.#waiters : this.#inFlight;
      waiters.push({ resolve, reject });
    });
  }

  /** Stores what is pending and closes the directory. */
  async close(): Promise<void> {
    this.#cancelRetry();
    await this.#committing;
    if (this.#pending.size > 0) await this.#commitPending();
    await this.#directory.close();
  }

  #change(change: PendingChange): void {
    // NUL separates: table names contain none.
    this.#pending.set(`${change.table}\0${change.key}`, change);
    if (this.#failure === undefined) this.#start();
  }

  #start(): void {
    this.#committing ??= this.#run().finally(() => {
      this.#committing = undefined;
      if (this.#failure === undefined && this.#pending.size > 0) this.#start();
    });
  }

  async #run(): Promise<void> {
    // Changes made in the same turn of the event loop still join the first commit.
    await Promise.resolve();
    while (this.#pending.size > 0 && (await this.#commitPending()));
  }

  /** Commits all pending changes at once. Resolves to false if they could not be stored. */
  async #commitPending(): Promise<boolean> {
    const changes = this.#pending;
    const waiters = this.#waiters;
    this.#pending = new Map();
    this.#waiters = [];
    this.#inFlight = waiters;
    try {
      await this.#directory.root.transaction(() => {
        for (const { table, key, value } of changes.values()) {
          const records = this.#tables.get(table);
          if (value === undefined) records?.remove(key);
          else records?.put(key, value);
        }
      });
    } catch (error) {
      // Newer changes of the same keys replace these.
      this.#pending = new Map([...changes, ...this.#pending]);
      const failure = new StorageFailedError(await writeFailureReason(error, this.#options.directory));
      this.#failed(failure);
      for (const { reject } of [...waiters, ...this.#waiters.splice(0)]) reject(failure);
      return false;
    }
    if (this.#failure !== undefined) {
      this.#failure = undefined;
      this.#options.onFailure?.(undefined);
    }
    for (const { resolve } of waiters) resolve();
    return true;
  }

  #failed(failure: StorageFailedError): void {
    const isFirst = this.#failure === undefined;
    this.#failure = failure;
    if (isFirst) this.#options.onFailure?.(failure);
    this.#cancelRetry();
    this.#cancelRetry = this.#options.scheduler.after(RETRY_AFTER_MS, () => this.#start());
  }
}
