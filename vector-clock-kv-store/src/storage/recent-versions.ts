import { isTombstone, type Version } from '../causality/versions.ts';

/** 4,096 keys with a value of up to 1 KiB: some 4 MB, twice with a clock of many nodes. */
const KEPT = { keys: 4_096, valueLength: 1_024, clockEntries: 32 };

/**
 * The versions of the keys that were written last. Many keys are written again soon, and every write needs the versions
 * before it; from the database, each would be checked and parsed.
 *
 * Without tombstones, so that dropping those from the database does not concern it.
 */
export class RecentVersions {
  /** In the order of their last write. */
  readonly #keys = new Map<string, readonly Version[]>();

  /** Returns a key's versions, if they are here. */
  get(key: string): readonly Version[] | undefined {
    return this.#keys.get(key);
  }

  /** Adds what is stored. Large values are left to the database, as are siblings. */
  add(key: string, versions: readonly Version[]): void {
    this.#keys.delete(key);
    if (!isSmall(versions) || isTombstone(versions)) return;
    this.#keys.set(key, versions);
    const [oldest] = this.#keys.keys();
    if (this.#keys.size > KEPT.keys && oldest !== undefined) this.#keys.delete(oldest);
  }

  /** Forgets a key, because it is about to change. */
  forget(key: string): void {
    this.#keys.delete(key);
  }

  clear(): void {
    this.#keys.clear();
  }
}

function isSmall([version, ...siblings]: readonly Version[]): boolean {
  if (version === undefined || siblings.length > 0) return false;
  const { value, vc } = version;
  const isShort = typeof value === 'string' ? value.length <= KEPT.valueLength : typeof value !== 'object';
  return isShort && Object.keys(vc).length <= KEPT.clockEntries;
}
