import type { NodeId } from '../causality/node-id.ts';
import { counterOf, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import { isTombstone, type Version, withWrite } from '../causality/versions.ts';
import { dotOf, type Write } from '../causality/write.ts';
import type { Identity, KeyPage, KeyVersions, Storage } from './storage.ts';
import { type LogLimit, takeWithin } from './take-within.ts';

/** Stores everything in memory, for a node without a data directory: a restart loses all data. */
export class MemoryStorage implements Storage {
  #identity: Identity | undefined;
  #clock: VectorClock = zeroClock;
  #pruned: VectorClock = zeroClock;
  readonly #versions = new Map<string, readonly Version[]>();
  /** The order in which keys were added. It is the page cursor, because removing other keys does not change it. */
  readonly #positions = new Map<string, number>();
  #nextPosition = 0;
  readonly #tombstones = new Set<string>();
  #staged: KeyVersions[] = [];
  readonly #logs = new Map<NodeId, Write[]>();

  get identity(): Identity | undefined {
    return this.#identity;
  }

  async adopt(identity: Identity): Promise<void> {
    this.#identity = identity;
  }

  get clock(): VectorClock {
    return this.#clock;
  }

  get pruned(): VectorClock {
    return this.#pruned;
  }

  async commit(writes: readonly Write[]): Promise<void> {
    const clock: Record<NodeId, number> = { ...this.#clock };
    for (const write of writes) {
      const { node, counter } = dotOf(write);
      const log = this.#logs.get(node);
      if (log === undefined) this.#logs.set(node, [write]);
      else log.push(write);
      this.#set(write.key, withWrite(this.versions(write.key), write));
      clock[node] = counter;
    }
    this.#clock = clock;
  }

  versions(key: string): readonly Version[] {
    return this.#versions.get(key) ?? [];
  }

  scan(): Iterable<KeyVersions> {
    return this.#versions.entries();
  }

  page(cursor: string | undefined, limitBytes: number): KeyPage {
    const keys: KeyVersions[] = [];
    const after = cursor === undefined ? -1 : Number(cursor);
    let bytes = 0;
    let last = after;
    for (const [key, position] of this.#positions) {
      if (position <= after) continue;
      if (bytes >= limitBytes) return { keys, next: String(last) };
      const found: KeyVersions = [key, this.versions(key)];
      keys.push(found);
      bytes += Buffer.byteLength(JSON.stringify(found));
      last = position;
    }
    return { keys, next: undefined };
  }

  log(origin: NodeId, after: number, limit: LogLimit): Write[] {
    // A node's writes are stored in order and without gaps, so a counter gives the index.
    const start = Math.max(0, after - counterOf(this.#pruned, origin));
    return takeWithin(limit, this.#logs.get(origin)?.slice(start, start + limit.writes) ?? []);
  }

  async prune(upTo: VectorClock): Promise<void> {
    for (const [origin, log] of this.#logs) {
      const prunedTo = counterOf(this.#pruned, origin);
      const count = Math.min(counterOf(upTo, origin), counterOf(this.#clock, origin)) - prunedTo;
      if (count <= 0) continue;
      log.splice(0, count);
      this.#pruned = { ...this.#pruned, [origin]: prunedTo + count };
    }
  }

  async dropTombstones(stable: VectorClock): Promise<void> {
    for (const key of this.#tombstones) {
      const [version] = this.versions(key);
      if (version !== undefined && counterOf(stable, version.sender) >= dotOf(version).counter) {
        this.#remove(key);
      }
    }
  }

  async beginInstall(): Promise<void> {
    this.#staged = [];
  }

  async stage(keys: readonly KeyVersions[]): Promise<void> {
    this.#staged.push(...keys);
  }

  async installStaged(clock: VectorClock): Promise<void> {
    for (const key of [...this.#versions.keys()]) this.#remove(key);
    for (const [key, versions] of this.#staged) this.#set(key, versions);
    this.#staged = [];
    this.#logs.clear();
    this.#clock = clock;
    this.#pruned = clock;
  }

  async close(): Promise<void> {}

  #set(key: string, versions: readonly Version[]): void {
    if (!this.#positions.has(key)) this.#positions.set(key, this.#nextPosition++);
    this.#versions.set(key, versions);
    if (isTombstone(versions)) this.#tombstones.add(key);
    else this.#tombstones.delete(key);
  }

  #remove(key: string): void {
    this.#versions.delete(key);
    this.#positions.delete(key);
    this.#tombstones.delete(key);
  }
}
