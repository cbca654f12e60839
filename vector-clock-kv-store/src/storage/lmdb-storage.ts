import { mkdir } from 'node:fs/promises';
import { type Database, open, type RootDatabase } from 'lmdb';
import type { NodeId } from '../causality/node-id.ts';
import { counterOf, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import { isTombstone, type Version, withWrite } from '../causality/versions.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { lockDirectory } from './directory-lock.ts';
import { type LogLimit, takeWithin } from './log-limit.ts';
import type { Entry, EntryPage, Identity, Storage } from './storage.ts';

/** The directory cannot be used; the message says why. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

/** So many log entries or tombstones are forgotten in one transaction: a few milliseconds of work. */
const PRUNE_AT_ONCE = 5_000;

/** Keys, in UTF-8, with their versions, and which of them only a deletion is left of. */
type KeySpace = { versions: Database<readonly Version[], Buffer>; tombstones: Database<true, Buffer> };

/** What is stored about the node itself. */
type Meta = { owner: string; identity: Identity; clock: VectorClock; pruned: VectorClock; active: number };

/**
 * Keeps everything on disk, in LMDB: the log, the versions, the clock and the node's name in one atomic
 * commit that is flushed before it is acknowledged. Reads come from LMDB's memory map, so the data may be
 * larger than the heap, and opening it takes no replay.
 */
export class LmdbStorage implements Storage {
  readonly #root: RootDatabase<unknown, string>;
  readonly #meta: Database<Meta[keyof Meta], keyof Meta>;
  /** One is shown; the other takes a snapshot in until all of it is there. */
  readonly #spaces: readonly [KeySpace, KeySpace];
  #active: number;
  readonly #log: Database<Write, [NodeId, number]>;
  readonly #unlock: () => Promise<void>;
  #clock: VectorClock;
  #pruned: VectorClock;
  #identity: Identity | undefined;

  private constructor(root: RootDatabase<unknown, string>, unlock: () => Promise<void>) {
    this.#root = root;
    this.#unlock = unlock;
    this.#meta = root.openDB({ name: 'meta', encoding: 'json' });
    this.#spaces = [openSpace(root, 'a'), openSpace(root, 'b')];
    this.#log = root.openDB({ name: 'log', encoding: 'json' });
    this.#active = this.#stored('active') ?? 0;
    this.#clock = this.#stored('clock') ?? zeroClock;
    this.#pruned = this.#stored('pruned') ?? zeroClock;
    this.#identity = this.#stored('identity');
  }

  /**
   * Opens a directory, which is made when it does not exist.
   *
   * @param owner the node's configured name
   * @throws StorageError when the directory is in use, cannot be written, or is another node's
   */
  static async open(directory: string, owner: string): Promise<LmdbStorage> {
    let unlock = async () => {};
    try {
      await mkdir(directory, { recursive: true });
      unlock = await lockDirectory(directory);
      // Without overlapping syncs a commit is on disk before it is visible.
      const root = open<unknown, string>({ path: directory, maxDbs: 6, overlappingSync: false });
      const storage = new LmdbStorage(root, unlock);
      await storage.#claim(owner);
      return storage;
    } catch (error) {
      await unlock();
      const reason = error instanceof Error ? error.message : String(error);
      throw new StorageError(reason.includes(directory) ? reason : `${directory} cannot be used: ${reason}`);
    }
  }

  get clock(): VectorClock {
    return this.#clock;
  }

  get pruned(): VectorClock {
    return this.#pruned;
  }

  get identity(): Identity | undefined {
    return this.#identity;
  }

  async adopt(identity: Identity): Promise<void> {
    await this.#meta.put('identity', identity);
    this.#identity = identity;
  }

  async commit(writes: readonly Write[]): Promise<void> {
    const clock: Record<NodeId, number> = { ...this.#clock };
    await this.#root.transaction(() => {
      for (const write of writes) {
        const { node, counter } = dotOf(write);
        this.#log.put([node, counter], write);
        put(this.#current, write.key, withWrite(this.versions(write.key), write));
        clock[node] = counter;
      }
      this.#meta.put('clock', clock);
    });
    this.#clock = clock;
  }

  versions(key: string): readonly Version[] {
    return this.#current.versions.get(Buffer.from(key)) ?? [];
  }

  *entries(): Iterable<Entry> {
    for (const { key, value } of this.#current.versions.getRange()) yield [key.toString(), value];
  }

  page(mark: string | undefined, limitBytes: number): EntryPage {
    const entries: Entry[] = [];
    let bytes = 0;
    for (const { key, value } of this.#current.versions.getRange(
      mark === undefined ? {} : { start: Buffer.from(mark), exclusiveStart: true },
    )) {
      if (bytes >= limitBytes) return { entries, next: entries.at(-1)?.[0] };
      const found: Entry = [key.toString(), value];
      entries.push(found);
      bytes += Buffer.byteLength(JSON.stringify(found));
    }
    return { entries, next: undefined };
  }

  log(origin: NodeId, after: number, limit: LogLimit): Write[] {
    const range = this.#log.getRange({
      start: [origin, after + 1],
      end: [origin, Number.MAX_SAFE_INTEGER],
      limit: limit.writes,
    });
    return takeWithin(
      limit,
      range.map(({ value }) => value),
    );
  }

  async prune(upTo: VectorClock): Promise<void> {
    let pruned: Record<NodeId, number> = {};
    await this.#root.transaction(() => {
      // As stored, not as shown: a snapshot may have been installed a moment ago.
      pruned = { ...this.#stored('pruned') };
      for (const [origin, counter] of Object.entries(upTo)) {
        const from = counterOf(pruned, origin) + 1;
        const to = Math.min(counter, counterOf(this.#clock, origin), from + PRUNE_AT_ONCE - 1);
        for (let number = from; number <= to; number++) this.#log.remove([origin, number]);
        if (to >= from) pruned[origin] = to;
      }
      this.#meta.put('pruned', pruned);
    });
    this.#pruned = pruned;
  }

  async dropTombstones(known: VectorClock): Promise<void> {
    await this.#root.transaction(() => {
      for (const key of [...this.#current.tombstones.getKeys({ limit: PRUNE_AT_ONCE })]) {
        const [version] = this.#current.versions.get(key) ?? [];
        if (version === undefined || counterOf(known, version.sender) < dotOf(version).counter) continue;
        this.#current.versions.remove(key);
        this.#current.tombstones.remove(key);
      }
    });
  }

  async beginInstall(): Promise<void> {
    const { versions, tombstones } = this.#spare;
    await Promise.all([versions.clearAsync(), tombstones.clearAsync()]);
  }

  async stage(entries: readonly Entry[]): Promise<void> {
    await this.#root.transaction(() => {
      for (const [key, versions] of entries) put(this.#spare, key, versions);
    });
  }

  async installStaged(clock: VectorClock): Promise<void> {
    const active = 1 - this.#active;
    await this.#root.transaction(() => {
      this.#log.clearSync();
      this.#meta.put('active', active);
      this.#meta.put('clock', clock);
      this.#meta.put('pruned', clock);
    });
    this.#active = active;
    this.#clock = clock;
    this.#pruned = clock;
    await this.beginInstall();
  }

  async close(): Promise<void> {
    await this.#root.close();
    await this.#unlock();
  }

  get #current(): KeySpace {
    return this.#spaces[this.#active] ?? this.#spaces[0];
  }

  get #spare(): KeySpace {
    return this.#spaces[1 - this.#active] ?? this.#spaces[1];
  }

  async #claim(owner: string): Promise<void> {
    const holder = this.#stored('owner');
    if (holder === undefined) await this.#meta.put('owner', owner);
    else if (holder !== owner) {
      await this.#root.close();
      throw new Error(`it holds the data of ${holder}, not of ${owner}`);
    }
  }

  #stored<Name extends keyof Meta>(name: Name): Meta[Name] | undefined {
    // Written by this class alone: LMDB has one type for all names.
    return this.#meta.get(name) as Meta[Name] | undefined;
  }
}

function openSpace(root: RootDatabase<unknown, string>, name: string): KeySpace {
  // JSON, because that is what travels: no value changes its form by being stored. Keys as bytes: LMDB's own
  // form of a text gives some with control characters back as something else.
  return {
    versions: root.openDB({ name: `versions-${name}`, encoding: 'json', keyEncoding: 'binary' }),
    tombstones: root.openDB({ name: `tombstones-${name}`, encoding: 'json', keyEncoding: 'binary' }),
  };
}

/** To be called inside a transaction. */
function put({ versions, tombstones }: KeySpace, key: string, value: readonly Version[]): void {
  const bytes = Buffer.from(key);
  versions.put(bytes, value);
  if (isTombstone(value)) tombstones.put(bytes, true);
  else tombstones.remove(bytes);
}
