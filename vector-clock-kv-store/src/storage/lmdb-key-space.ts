import { CheckedDatabase } from '@gridclock/durable-tables/lmdb';
import type { Key, RootDatabase, Transaction } from 'lmdb';
import type { VectorClock } from '../causality/vector-clock.ts';
import { includesAll, isTombstone, type Version } from '../causality/versions.ts';
import { RecentVersions } from './recent-versions.ts';
import type { KeyPage, KeyVersions } from './storage.ts';

/** The keys with their versions in LMDB, with an index of those that have only deletions. */
export class LmdbKeySpace {
  readonly #versions: CheckedDatabase<readonly Version[], Buffer>;
  readonly #tombstones: CheckedDatabase<true, Buffer>;
  readonly #recent = new RecentVersions();
  /** The last tombstone that `dropTombstones` looked at; undefined at the end of a sweep. */
  #sweptTo: Buffer | undefined;

  constructor(root: RootDatabase<unknown, Key>, name: string, file: string) {
    this.#versions = new CheckedDatabase(root, { name: `versions-${name}`, file, keyEncoding: 'binary' });
    this.#tombstones = new CheckedDatabase(root, { name: `tombstones-${name}`, file, keyEncoding: 'binary' });
  }

  versions(key: string): readonly Version[] {
    return this.#recent.get(key) ?? this.#versions.get(Buffer.from(key)) ?? [];
  }

  *scan(): Iterable<KeyVersions> {
    for (const { key, value } of this.#versions.getRange()) yield [key.toString(), value];
  }

  /** Returns the keys after a cursor, as a transaction sees them: about `limitBytes`, but at least one key. */
  page(transaction: Transaction, cursor: string | undefined, limitBytes: number): KeyPage {
    const keys: KeyVersions[] = [];
    let bytes = 0;
    const range = cursor === undefined ? {} : { start: Buffer.from(cursor), exclusiveStart: true };
    for (const { key, value } of this.#versions.getRange({ transaction, ...range })) {
      if (bytes >= limitBytes) return { keys, next: keys.at(-1)?.[0] };
      const found: KeyVersions = [key.toString(), value];
      keys.push(found);
      bytes += Buffer.byteLength(JSON.stringify(found));
    }
    return { keys, next: undefined };
  }

  /**
   * Sets a key's versions; without versions, removes the key. Call it inside a transaction.
   *
   * @param wasTombstone whether the key has only deletions so far; true also if that is not known
   */
  set(key: string, versions: readonly Version[], wasTombstone = true): void {
    this.#recent.forget(key);
    const bytes = Buffer.from(key);
    if (versions.length === 0) this.#versions.remove(bytes);
    else this.#versions.put(bytes, versions);
    if (isTombstone(versions)) this.#tombstones.put(bytes, true);
    else if (wasTombstone) this.#tombstones.remove(bytes);
  }

  /** Keeps the versions of keys at hand that were written. Call it once their transaction is committed. */
  remember(written: Iterable<KeyVersions>): void {
    for (const [key, versions] of written) this.#recent.add(key, versions);
  }

  /** The number of keys that have only deletions. */
  get tombstones(): number {
    return this.#tombstones.size;
  }

  /**
   * Removes tombstones included in `stable`, looking at no more than `limit`. The next call looks at the ones after
   * them: tombstones that stay must not hide those behind them. Call it inside a transaction.
   *
   * @returns how many it removed
   */
  dropTombstones(stable: VectorClock, limit: number): number {
    const after = this.#sweptTo === undefined ? {} : { start: this.#sweptTo, exclusiveStart: true };
    const keys = [...this.#tombstones.getKeys({ ...after, limit })];
    this.#sweptTo = keys.length < limit ? undefined : keys.at(-1);
    const droppable = keys.filter((key) => includesAll(stable, this.#versions.get(key) ?? []));
    for (const key of droppable) {
      this.#versions.remove(key);
      this.#tombstones.remove(key);
    }
    return droppable.length;
  }

  /** Removes all keys. Call it inside a transaction. */
  clear(): void {
    this.#recent.clear();
    this.#versions.clearSync();
    this.#tombstones.clearSync();
  }
}
