import { randomId } from '@gridclock/durable-tables/lmdb';
import { JournalFile, removeJournal, removeJournals } from './journal-file.ts';
import { encodeRecord } from './journal-format.ts';

/** Which records of a journal the database has: all up to `applied`. `number` is the oldest file with others. */
export type JournalPosition = { id: string; number: number; applied: number };

/** A file of the journal, and the last record in it. */
type Segment = { number: number; lastSequence: number };

/** The records that the database may lack, in files of a fixed size. Each is on disk before it is acknowledged. */
export class Journal {
  readonly #directory: string;
  readonly #id: string;
  /** In their order; the last one is appended to. */
  readonly #segments: Segment[];
  /** Undefined once nothing can be appended. */
  #file: JournalFile | undefined;
  /** The next file, created ahead of its use; undefined if that failed. */
  #next: Promise<JournalFile | undefined> | undefined;
  #sequence: number;

  private constructor(directory: string, id: string, segments: Segment[], file: JournalFile | undefined) {
    this.#directory = directory;
    this.#id = id;
    this.#segments = segments;
    this.#file = file;
    this.#sequence = segments.at(-1)?.lastSequence ?? 0;
  }

  /** Creates a journal, and removes the files of others. Store its position before the first record. */
  static async create(directory: string): Promise<Journal> {
    await removeJournals(directory);
    const id = randomId();
    const file = await JournalFile.create(directory, { id, number: 1 });
    return new Journal(directory, id, [{ number: 1, lastSequence: 0 }], file);
  }

  /** Returns a journal that was found at a start. Nothing is appended to it: its last record may be incomplete. */
  static found(directory: string, id: string, segments: readonly Segment[]): Journal {
    return new Journal(directory, id, [...segments], undefined);
  }

  /** The number of the last record. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Whether nothing can be appended any more. */
  get sealed(): boolean {
    return this.#file === undefined;
  }

  /** Returns the position once the database has all records up to a number. */
  positionAfter(applied: number): JournalPosition {
    const oldest = this.#segments.find(({ lastSequence }) => lastSequence > applied) ?? this.#segments.at(-1);
    return { id: this.#id, number: oldest?.number ?? 1, applied };
  }

  /**
   * Appends a record. It is on disk once this resolves.
   *
   * @returns false if there is no room for it
   */
  async append(json: string): Promise<boolean> {
    const record = encodeRecord(this.#id, this.#sequence + 1, json);
    if (this.#file !== undefined && !this.#file.fits(record.length)) await this.#rotate();
    const file = this.#file;
    const segment = this.#segments.at(-1);
    if (file === undefined || segment === undefined || !file.fits(record.length)) return false;
    try {
      await file.append(record);
    } catch (error) {
      // A further record behind an incomplete one would make it look damaged.
      await this.seal();
      throw error;
    }
    this.#sequence++;
    segment.lastSequence = this.#sequence;
    if (file.isFilling) this.#next ??= this.#createNext(file.number + 1);
    return true;
  }

  /** Removes the files whose records the database has. Call it once it has stored the position. */
  async release(applied: number): Promise<void> {
    while (this.#segments.length > 1 && (this.#segments[0]?.lastSequence ?? 0) <= applied) {
      const segment = this.#segments.shift();
      if (segment !== undefined) await removeJournal(this.#directory, segment.number);
    }
  }

  /** Appends nothing from now on. */
  async seal(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
    await (await this.#next)?.close();
  }

  /** Removes all files. Call it once the database has all records and no position. */
  async remove(): Promise<void> {
    await this.seal();
    await removeJournals(this.#directory);
  }

  async #rotate(): Promise<void> {
    const full = this.#file;
    const next = await this.#next;
    this.#next = undefined;
    this.#file = next;
    if (next !== undefined) this.#segments.push({ number: next.number, lastSequence: this.#sequence });
    await full?.close();
  }

  #createNext(number: number): Promise<JournalFile | undefined> {
    // On a full disk there is no room for it; the database says so then.
    return JournalFile.create(this.#directory, { id: this.#id, number }).catch(() => undefined);
  }
}
