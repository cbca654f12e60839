import type { Write } from '../../causality/write.ts';
import type { LmdbStorage } from '../lmdb-storage.ts';
import { isNoRoom, StorageWriteError } from '../write-failure.ts';
import { Journal } from './journal.ts';
import { removeJournals } from './journal-file.ts';
import type { PendingWrites } from './pending-writes.ts';

/** 64 KiB: larger commits go to the database at once, which has to write them in any case. */
export const MAX_RECORD_BYTES = 64 * 1024;

/** 256 writes, about 3 ms of the event loop, per transaction of the database. */
const WRITES_AT_ONCE = 256;

/** 512 writes or 512 KiB: with the newest half still in memory, links to peers need not read the database. */
const FLUSH_FROM = { count: 2 * WRITES_AT_ONCE, bytes: 512 * 1024 };

/** 4 MiB of memory; beyond it commits wait for the database. */
const MAX_PENDING_BYTES = 4 * 1024 * 1024;

/** Commits writes to the journal, and brings them to the database later. */
export class JournalWriter {
  readonly #directory: string;
  readonly #lmdb: LmdbStorage;
  readonly #pending: PendingWrites;
  #journal: Journal | undefined;
  #creating: Promise<void> | undefined;
  #flushing: Promise<void> | undefined;
  #failure: unknown;
  /** The commit before the next one. */
  #last: Promise<void> = Promise.resolve();

  /** @param journal found at the start; its records are pending */
  constructor(directory: string, lmdb: LmdbStorage, pending: PendingWrites, journal: Journal | undefined) {
    this.#directory = directory;
    this.#lmdb = lmdb;
    this.#pending = pending;
    this.#journal = journal;
  }

  /**
   * Stores writes, one commit after the other.
   *
   * @param json the list of the writes; undefined if it is larger than MAX_RECORD_BYTES, or if they must go to the database at once
   * @param add called when they are in the journal, with the number of their record
   */
  commit(json: string | undefined, writes: readonly Write[], add: (sequence: number) => void): Promise<void> {
    const done = this.#last.then(() => this.#commit(json, writes, add));
    this.#last = done.catch(() => {});
    return done;
  }

  /** Resolves once the database has all writes that are pending now. */
  async drain(): Promise<void> {
    const last = this.#journal?.sequence ?? 0;
    while ((this.#pending.oldest ?? Number.POSITIVE_INFINITY) <= last) await this.#flush();
  }

  /** Creates the journal, unless there is one. Without it, as on a full disk, the database gets every commit. */
  createJournal(): Promise<void> {
    if (this.#journal !== undefined) return Promise.resolve();
    this.#creating ??= this.#create().finally(() => {
      this.#creating = undefined;
    });
    return this.#creating;
  }

  /** Brings everything to the database, removes the journal and closes both. */
  async close(): Promise<void> {
    await this.#last;
    await this.#creating;
    try {
      await this.drain();
      await this.#flushing;
      const journal = this.#journal;
      if (journal === undefined) {
        // A crash may have left a file that was being created.
        await removeJournals(this.#directory);
      } else {
        await this.#lmdb.recordJournal(null);
        await journal.remove();
      }
    } catch {
      // As on a full disk: then the journal keeps the writes for the next start.
      await this.#journal?.seal();
    }
    await this.#lmdb.close();
  }

  async #commit(
    json: string | undefined,
    writes: readonly Write[],
    add: (sequence: number) => void,
  ): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    while (this.#pending.bytes > MAX_PENDING_BYTES) await this.#flush();
    if (json !== undefined && (await this.#append(json))) {
      add(this.#journal?.sequence ?? 0);
      this.#flushIfFull();
    } else await this.#commitToDatabase(writes);
  }

  /** @returns false if the journal does not take the record */
  async #append(json: string): Promise<boolean> {
    try {
      return (await this.#journal?.append(json)) ?? false;
    } catch (error) {
      if (isNoRoom(error)) return false;
      const reason = error instanceof Error ? error.message : String(error);
      throw new StorageWriteError(`the journal in ${this.#directory} cannot be written: ${reason}`);
    }
  }

  async #commitToDatabase(writes: readonly Write[]): Promise<void> {
    await this.drain();
    const journal = this.#journal;
    if (journal === undefined) await this.#lmdb.commit(writes);
    else if (!journal.sealed) await this.#lmdb.commit(writes, journal.positionAfter(journal.sequence));
    else {
      await this.#lmdb.commit(writes, null);
      this.#journal = undefined;
      await journal.remove();
    }
    void this.createJournal();
  }

  #flushIfFull(): void {
    if (this.#flushing !== undefined) return;
    if (this.#pending.count < FLUSH_FROM.count && this.#pending.bytes < FLUSH_FROM.bytes) return;
    this.#flush().then(
      () => this.#flushIfFull(),
      (error: unknown) => {
        this.#failure ??= error;
      },
    );
  }

  /** Brings the oldest pending writes to the database. */
  #flush(): Promise<void> {
    this.#flushing ??= this.#flushOldest().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #flushOldest(): Promise<void> {
    const part = this.#pending.oldestPart(WRITES_AT_ONCE);
    const journal = this.#journal;
    if (part === undefined || journal === undefined) return;
    await this.#lmdb.commit(part.writes, journal.positionAfter(part.lastSequence));
    this.#pending.remove(part.lastSequence);
    await journal.release(part.lastSequence);
  }

  async #create(): Promise<void> {
    try {
      const journal = await Journal.create(this.#directory);
      await this.#lmdb.recordJournal(journal.positionAfter(0));
      this.#journal = journal;
    } catch {
      // Tried again after the next commit.
    }
  }
}
