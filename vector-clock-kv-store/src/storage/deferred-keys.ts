import { memoryBytes } from '../causality/memory-size.ts';
import { isTombstone, type Version } from '../causality/versions.ts';
import type { KeyVersions } from './storage.ts';

/** 4,096 keys or 4 MiB of memory: storing them takes some 20 ms of the event loop, in parts. */
const FULL = { keys: 4_096, bytes: 4 * 1024 * 1024 };

/** The versions of a key, their memory, and whether those in the key space are only deletions. */
export type DeferredKey = {
  versions: readonly Version[];
  bytes: number;
  readonly wasTombstone: boolean;
};

/**
 * The keys whose last writes are in the log, but not yet in the key space. Keys that are written over and over are stored
 * once for many writes.
 *
 * This is the memory table of a log-structured store: P. O'Neil et al., "The Log-Structured Merge-Tree", 1996.
 */
export class DeferredKeys {
  #newer = new Map<string, DeferredKey>();
  /** Those that are being stored. */
  #older = new Map<string, DeferredKey>();
  /** The memory of the newer ones. */
  #bytes = 0;
  #tombstones = 0;

  get isEmpty(): boolean {
    return this.#newer.size === 0 && this.#older.size === 0;
  }

  /** Whether they should be stored now. */
  get isFull(): boolean {
    return this.#newer.size >= FULL.keys || this.#bytes >= FULL.bytes;
  }

  /** By how many the keys that have only deletions outnumber those in the key space. */
  get tombstones(): number {
    return this.#tombstones;
  }

  /** Returns a key's versions; undefined if the key space has them. */
  versions(key: string): readonly Version[] | undefined {
    return (this.#newer.get(key) ?? this.#older.get(key))?.versions;
  }

  /** The keys, each with its versions. */
  *keys(): Iterable<KeyVersions> {
    for (const [key, { versions }] of this.#newer) yield [key, versions];
    for (const [key, { versions }] of this.#older) if (!this.#newer.has(key)) yield [key, versions];
  }

  /** Sets a key's versions. @param before its versions so far, wherever they are */
  set(key: string, versions: readonly Version[], before: readonly Version[]): void {
    const known = this.#newer.get(key);
    const wasTombstone = isTombstone(before);
    this.#tombstones += Number(isTombstone(versions)) - Number(wasTombstone);
    const bytes = memoryOf(key, versions);
    this.#bytes += bytes - (known?.bytes ?? 0);
    if (known === undefined) this.#newer.set(key, { versions, bytes, wasTombstone });
    else [known.versions, known.bytes] = [versions, bytes];
  }

  /** Returns all keys, to be stored. Call `stored` for each of them, or `notStored`, before the next time. */
  take(): ReadonlyMap<string, DeferredKey> {
    this.#older = this.#newer;
    this.#newer = new Map();
    this.#bytes = 0;
    return this.#older;
  }

  /** Forgets some of the keys that were taken, because the key space has them. */
  stored(keys: Iterable<string>): void {
    for (const key of keys) {
      const entry = this.#older.get(key);
      if (entry === undefined) continue;
      this.#tombstones -= Number(isTombstone(entry.versions)) - Number(entry.wasTombstone);
      this.#older.delete(key);
    }
  }

  /** Keeps the keys that were taken and not stored. */
  notStored(): void {
    const newer = this.#newer;
    this.#newer = this.#older;
    this.#older = new Map();
    for (const [key, entry] of newer) {
      const { wasTombstone } = this.#newer.get(key) ?? entry;
      this.#newer.set(key, { ...entry, wasTombstone });
    }
    this.#bytes = 0;
    for (const { bytes } of this.#newer.values()) this.#bytes += bytes;
  }
}

/** The objects of a key with one version, and an entry of its clock. */
const [SMALL_KEY_BYTES, ENTRY_BYTES] = [300, 32];

/** Estimates the memory of a key. To measure the clock of every write would take as long as applying it. */
function memoryOf(key: string, versions: readonly Version[]): number {
  const [version] = versions;
  if (versions.length !== 1 || typeof version?.value !== 'string') return memoryBytes([key, versions]);
  let bytes = SMALL_KEY_BYTES + 2 * (key.length + version.value.length);
  for (const _node in version.vc) bytes += ENTRY_BYTES;
  return bytes;
}
