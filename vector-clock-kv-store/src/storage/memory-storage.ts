import type { NodeId } from '../causality/node-id.ts';
import { counterOf, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import { isTombstone, type Version, withWrite } from '../causality/versions.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { type LogLimit, takeWithin } from './log-limit.ts';
import type { Entry, EntryPage, Identity, Storage } from './storage.ts';

/** Keeps everything in memory: what a node without a data directory has, gone when it ends. */
export class MemoryStorage implements Storage {
  #identity: Identity | undefined;
  #clock: VectorClock = zeroClock;
  #pruned: VectorClock = zeroClock;
  readonly #versions = new Map<string, readonly Version[]>();
  /** In which place each key came: pages go by it, because it does not change when other keys go. */
  readonly #places = new Map<string, number>();
  #nextPlace = 0;
  readonly #tombstones = new Set<string>();
  #staged: Entry[] = [];
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

  entries(): Iterable<Entry> {
    return this.#versions.entries();
  }

  page(mark: string | undefined, limitBytes: number): EntryPage {
    const entries: Entry[] = [];
    const after = mark === undefined ? -1 : Number(mark);
    let bytes = 0;
    let last = after;
    for (const [key, place] of this.#places) {
      if (place <= after) continue;
      if (bytes >= limitBytes) return { entries, next: String(last) };
      const found: Entry = [key, this.versions(key)];
      entries.push(found);
      bytes += Buffer.byteLength(JSON.stringify(found));
      last = place;
    }
    return { entries, next: undefined };
  }

  log(origin: NodeId, after: number, limit: LogLimit): Write[] {
    // A node's writes are delivered in order and without gaps, so a number gives the place.
    const start = Math.max(0, after - counterOf(this.#pruned, origin));
    return takeWithin(limit, this.#logs.get(origin)?.slice(start, start + limit.writes) ?? []);
  }

  async prune(upTo: VectorClock): Promise<void> {
    for (const [origin, log] of this.#logs) {
      const count =
        Math.min(counterOf(upTo, origin), counterOf(this.#clock, origin)) - counterOf(this.#pruned, origin);
      if (count <= 0) continue;
      log.splice(0, count);
      this.#pruned = { ...this.#pruned, [origin]: counterOf(this.#pruned, origin) + count };
    }
  }

  async dropTombstones(known: VectorClock): Promise<void> {
    for (const key of this.#tombstones) {
      const [version] = this.versions(key);
      if (version !== undefined && counterOf(known, version.sender) >= dotOf(version).counter)
        this.#remove(key);
    }
  }

  async beginInstall(): Promise<void> {
    this.#staged = [];
  }

  async stage(entries: readonly Entry[]): Promise<void> {
    this.#staged.push(...entries);
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
    if (!this.#places.has(key)) this.#places.set(key, this.#nextPlace++);
    this.#versions.set(key, versions);
    if (isTombstone(versions)) this.#tombstones.add(key);
    else this.#tombstones.delete(key);
  }

  #remove(key: string): void {
    this.#versions.delete(key);
    this.#places.delete(key);
    this.#tombstones.delete(key);
  }
}
