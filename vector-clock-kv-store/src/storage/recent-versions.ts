import { isTombstone, type Version } from '../causality/versions.ts';

/** 4,096 keys, each with its value of up to 1,024 characters and its clock: 4 to 16 MB at most, usually 2. */
const KEPT = { keys: 4_096, characters: 1_024, clockEntries: 32 };

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
    if (!isSmall(key, versions) || isTombstone(versions)) return;
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

function isSmall(key: string, [version, ...siblings]: readonly Version[]): boolean {
  if (version === undefined || siblings.length > 0) return false;
  const { value, vc } = version;
  if (typeof value === 'object') return false;
  const characters = key.length + (typeof value === 'string' ? value.length : 0);
  return characters <= KEPT.characters && Object.keys(vc).length <= KEPT.clockEntries;
}
