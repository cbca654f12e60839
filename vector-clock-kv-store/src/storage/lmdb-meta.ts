import { CheckedDatabase, type Place } from '@gridclock/durable-tables/lmdb';
import type { Key, RootDatabase, Transaction } from 'lmdb';
import { type Retirement, Retirements } from '../causality/retirements.ts';
import { type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { JournalPosition } from './journal/journal.ts';
import type { Claims, Identity } from './storage.ts';

/** The node's own state as it is stored, beside the data. */
export type Meta = {
  /** The configured name of the node; see lmdb-owner.ts. */
  owner: string;
  /** The lowest version of the disk format that a release must know to use the data. */
  format: number;
  /** Where the data is. A copy is recognized by it. */
  place: Place;
  identity: Identity;
  claims: Claims;
  /** Without the entries that `retired` implies. */
  clock: VectorClock;
  pruned: VectorClock;
  awaited: VectorClock;
  retired: readonly Retirement[];
  /** The size of the log in bytes. Earlier releases do not store it. */
  logBytes: number;
  active: number;
  /** What the data has of the journal beside it; null without one. */
  journal: JournalPosition | null;
  /** The writes that the key space has, with the entries of retired ids, if the log has others; null if it has all. */
  keysUpTo: VectorClock | null;
  /** Whether records of the log may hold several writes. */
  blocks: boolean;
};

/** The node's own state in memory. */
export type NodeState = {
  clock: VectorClock;
  pruned: VectorClock;
  awaited: VectorClock;
  retired: Retirements;
  logBytes: number;
  identity: Identity | undefined;
  claims: Claims;
  /** Which of the two key spaces holds the data; a snapshot is staged in the other. */
  active: number;
};

/** The node's own state in LMDB. */
export class LmdbMeta {
  readonly #records: CheckedDatabase<Meta[keyof Meta], keyof Meta>;

  constructor(root: RootDatabase<unknown, Key>, file: string) {
    this.#records = new CheckedDatabase(root, { name: 'meta', file });
  }

  get<Name extends keyof Meta>(name: Name, transaction?: Transaction): Meta[Name] | undefined {
    const options = transaction === undefined ? {} : { transaction };
    // Safe: only `put` writes here, and LMDB has one value type for all keys.
    return this.#records.get(name, options) as Meta[Name] | undefined;
  }

  /** Stores some of the values. Call it inside a transaction, as `addRetired`. */
  put(values: Partial<Meta>): void {
    // Safe: the type of `values` has no other names.
    for (const name of Object.keys(values) as (keyof Meta)[]) {
      const value = values[name];
      if (value !== undefined) this.#records.put(name, value);
    }
  }

  /** Stores further retirements. Reads the earlier ones from disk: another transaction may be on its way. */
  addRetired(added: readonly Retirement[]): void {
    if (added.length === 0) return;
    const retired = Retirements.none.with(this.get('retired') ?? []).with(added);
    this.put({ retired: retired.all });
  }

  /** @param measureLog called if the size of the log is not stored */
  state(measureLog: () => number): NodeState {
    const retired = Retirements.none.with(this.get('retired') ?? []);
    return {
      clock: retired.expand(this.get('clock') ?? zeroClock),
      pruned: this.get('pruned') ?? zeroClock,
      awaited: this.get('awaited') ?? zeroClock,
      retired,
      logBytes: this.get('logBytes') ?? measureLog(),
      identity: this.get('identity'),
      claims: this.get('claims') ?? {},
      active: this.get('active') ?? 0,
    };
  }
}
