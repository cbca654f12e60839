import { mkdir } from 'node:fs/promises';
import { type Database, open, type RootDatabase } from 'lmdb';
import { lockDirectory } from './directory-lock.ts';
import { type LogLimit, within } from './log-limit.ts';
import type { Storage } from './storage.ts';
import { type NodeId, type VectorClock, zeroClock } from './vector-clock.ts';
import { type Version, withWrite } from './versions.ts';
import { dotOf, type Write } from './write.ts';

/** The directory cannot be used; the message says why. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

/** What is stored about the node itself. */
type Meta = { owner: string; identity: NodeId; clock: VectorClock };

/**
 * Keeps everything on disk, in LMDB: the log, the versions, the clock and the node's name in one atomic
 * commit that is flushed before it is acknowledged. Reads come from LMDB's memory map, so the data may be
 * larger than the heap, and opening it takes no replay.
 */
export class LmdbStorage implements Storage {
  readonly #root: RootDatabase<unknown, string>;
  readonly #meta: Database<Meta[keyof Meta], keyof Meta>;
  readonly #versions: Database<readonly Version[], string>;
  readonly #log: Database<Write, [NodeId, number]>;
  readonly #unlock: () => Promise<void>;
  #clock: VectorClock;
  #identity: NodeId | undefined;

  private constructor(root: RootDatabase<unknown, string>, unlock: () => Promise<void>) {
    this.#root = root;
    this.#unlock = unlock;
    // JSON, because that is what travels: no value changes its form by being stored.
    this.#meta = root.openDB({ name: 'meta', encoding: 'json' });
    this.#versions = root.openDB({ name: 'versions', encoding: 'json' });
    this.#log = root.openDB({ name: 'log', encoding: 'json' });
    this.#clock = this.#stored('clock') ?? zeroClock;
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
      const root = open<unknown, string>({ path: directory, maxDbs: 3, overlappingSync: false });
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

  get identity(): NodeId | undefined {
    return this.#identity;
  }

  async adopt(identity: NodeId): Promise<void> {
    await this.#meta.put('identity', identity);
    this.#identity = identity;
  }

  async commit(writes: readonly Write[]): Promise<void> {
    const clock: Record<NodeId, number> = { ...this.#clock };
    await this.#root.transaction(() => {
      for (const write of writes) {
        const { node, counter } = dotOf(write);
        this.#log.put([node, counter], write);
        this.#versions.put(write.key, withWrite(this.versions(write.key), write));
        clock[node] = counter;
      }
      this.#meta.put('clock', clock);
    });
    this.#clock = clock;
  }

  versions(key: string): readonly Version[] {
    return this.#versions.get(key) ?? [];
  }

  *entries(): Iterable<readonly [string, readonly Version[]]> {
    for (const { key, value } of this.#versions.getRange()) yield [key, value];
  }

  log(origin: NodeId, after: number, limit: LogLimit): Write[] {
    const range = this.#log.getRange({
      start: [origin, after + 1],
      end: [origin, Number.MAX_SAFE_INTEGER],
      limit: limit.writes,
    });
    return within(
      limit,
      [...range].map(({ value }) => value),
    );
  }

  async close(): Promise<void> {
    await this.#root.close();
    await this.#unlock();
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
    return this.#meta.get(name) as Meta[Name] | undefined;
  }
}
