import { writeMemoryBytes } from '../causality/memory-size.ts';
import type { NodeId } from '../causality/node-id.ts';
import { type Retirement, Retirements } from '../causality/retirements.ts';
import { counterOf, descends, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import { includesAll, isTombstone, type Version, withWrite } from '../causality/versions.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { changedOrigins, prunedAfterInstall } from './installed-log.ts';
import { MemorySnapshot } from './memory-snapshot.ts';
import type { Claims, Identity, InstallExtras, KeyVersions, Snapshot, Storage } from './storage.ts';
import { type LogLimit, takeWithin } from './take-within.ts';

/** Stores everything in memory, for a node without a data directory: a restart loses all data. */
export class MemoryStorage implements Storage {
  #identity: Identity | undefined;
  #claims: Claims = {};
  #clock: VectorClock = zeroClock;
  #pruned: VectorClock = zeroClock;
  #retired = Retirements.none;
  readonly #versions = new Map<string, readonly Version[]>();
  readonly #tombstones = new Set<string>();
  readonly #staged = new Map<string, readonly Version[]>();
  #awaited: VectorClock = zeroClock;
  readonly #logs = new Map<NodeId, Write[]>();
  #logBytes = 0;

  get identity(): Identity | undefined {
    return this.#identity;
  }

  async adopt(identity: Identity): Promise<void> {
    this.#identity = identity;
  }

  get claims(): Claims {
    return this.#claims;
  }

  async recordClaims(claims: Claims): Promise<void> {
    this.#claims = claims;
  }

  get clock(): VectorClock {
    return this.#clock;
  }

  get pruned(): VectorClock {
    return this.#pruned;
  }

  get retired(): Retirements {
    return this.#retired;
  }

  async addRetired(retirements: readonly Retirement[]): Promise<void> {
    this.#retired = this.#retired.with(retirements);
  }

  async commit(writes: readonly Write[]): Promise<void> {
    const clock: Record<NodeId, number> = { ...this.#clock };
    // First: the clocks of later writes in the batch may omit what an earlier one retires.
    this.#retired = this.#retired.withWrites(writes);
    for (const write of writes) {
      const { node, counter } = dotOf(write);
      const log = this.#logs.get(node);
      if (log === undefined) this.#logs.set(node, [write]);
      else log.push(write);
      this.#logBytes += writeMemoryBytes(write);
      this.#set(write.key, withWrite(this.versions(write.key), write, this.#retired));
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

  openSnapshot(): Snapshot {
    return new MemorySnapshot({ clock: this.#clock, retired: this.#retired }, this.#versions);
  }

  log(origin: NodeId, after: number, limit: LogLimit): Write[] {
    // A node's writes are stored in order and without gaps, so a counter gives the index.
    const start = Math.max(0, after - counterOf(this.#pruned, origin));
    return takeWithin(limit, this.#logs.get(origin)?.slice(start, start + limit.writes) ?? []);
  }

  get logBytes(): number {
    return this.#logBytes;
  }

  *logSizes(origin: NodeId, after: number): Iterable<number> {
    const log = this.#logs.get(origin) ?? [];
    const start = Math.max(0, after - counterOf(this.#pruned, origin));
    for (let index = start; index < log.length; index++) {
      const write = log[index];
      if (write !== undefined) yield writeMemoryBytes(write);
    }
  }

  async prune(upTo: VectorClock): Promise<void> {
    for (const [origin, log] of this.#logs) {
      const prunedTo = counterOf(this.#pruned, origin);
      const count = Math.min(counterOf(upTo, origin), counterOf(this.#clock, origin)) - prunedTo;
      if (count <= 0) continue;
      for (const write of log.splice(0, count)) this.#logBytes -= writeMemoryBytes(write);
      this.#pruned = { ...this.#pruned, [origin]: prunedTo + count };
    }
  }

  get tombstones(): number {
    return this.#tombstones.size;
  }

  async dropTombstones(stable: VectorClock): Promise<void> {
    for (const key of this.#tombstones) {
      if (includesAll(stable, this.versions(key))) this.#remove(key);
    }
  }

  async beginInstall(): Promise<void> {
    this.#staged.clear();
  }

  async stage(keys: readonly KeyVersions[]): Promise<void> {
    for (const [key, versions] of keys) {
      if (versions.length > 0) this.#staged.set(key, versions);
      else this.#staged.delete(key);
    }
  }

  staged(key: string): readonly Version[] {
    return this.#staged.get(key) ?? [];
  }

  async installStaged(
    clock: VectorClock,
    awaited: VectorClock = zeroClock,
    extras?: InstallExtras,
  ): Promise<void> {
    for (const key of [...this.#versions.keys()]) this.#remove(key);
    for (const [key, versions] of this.#staged) this.#set(key, versions);
    this.#staged.clear();
    const changed = changedOrigins(this.#clock, clock, extras !== undefined);
    for (const origin of changed) {
      for (const size of this.logSizes(origin, 0)) this.#logBytes -= size;
      this.#logs.delete(origin);
    }
    this.#pruned = prunedAfterInstall(this.#pruned, clock, changed);
    this.#clock = clock;
    this.#awaited = awaited;
    if (extras !== undefined) {
      this.#identity = extras.identity;
      this.#retired = extras.retired;
    }
    if (this.#identity !== undefined && !descends(clock, awaited)) {
      this.#identity = { ...this.#identity, caughtUp: false };
    }
    await this.commit(extras?.writes ?? []);
  }

  get awaited(): VectorClock {
    return this.#awaited;
  }

  /** Returns an independent copy, as a backup of a disk is. */
  copy(): MemoryStorage {
    const copy = new MemoryStorage();
    copy.#identity = this.#identity;
    copy.#claims = this.#claims;
    copy.#clock = this.#clock;
    copy.#pruned = this.#pruned;
    copy.#retired = this.#retired;
    copy.#awaited = this.#awaited;
    copy.#logBytes = this.#logBytes;
    for (const [key, versions] of this.#versions) copy.#set(key, versions);
    for (const [origin, log] of this.#logs) copy.#logs.set(origin, [...log]);
    return copy;
  }

  async close(): Promise<void> {}

  #set(key: string, versions: readonly Version[]): void {
    this.#versions.set(key, versions);
    if (isTombstone(versions)) this.#tombstones.add(key);
    else this.#tombstones.delete(key);
  }

  #remove(key: string): void {
    this.#versions.delete(key);
    this.#tombstones.delete(key);
  }
}
