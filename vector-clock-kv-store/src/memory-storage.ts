import { type LogLimit, within } from './log-limit.ts';
import type { Storage } from './storage.ts';
import { type NodeId, type VectorClock, zeroClock } from './vector-clock.ts';
import { type Version, withWrite } from './versions.ts';
import { dotOf, type Write } from './write.ts';

/** Keeps everything in memory: what a node without a data directory has, gone when it ends. */
export class MemoryStorage implements Storage {
  #clock: VectorClock = zeroClock;
  readonly #versions = new Map<string, readonly Version[]>();
  readonly #logs = new Map<NodeId, Write[]>();
  #identity: NodeId | undefined;

  get identity(): NodeId | undefined {
    return this.#identity;
  }

  async adopt(identity: NodeId): Promise<void> {
    this.#identity = identity;
  }

  get clock(): VectorClock {
    return this.#clock;
  }

  async commit(writes: readonly Write[]): Promise<void> {
    const clock: Record<NodeId, number> = { ...this.#clock };
    for (const write of writes) {
      const { node, counter } = dotOf(write);
      const log = this.#logs.get(node);
      if (log === undefined) this.#logs.set(node, [write]);
      else log.push(write);
      this.#versions.set(write.key, withWrite(this.versions(write.key), write));
      clock[node] = counter;
    }
    this.#clock = clock;
  }

  versions(key: string): readonly Version[] {
    return this.#versions.get(key) ?? [];
  }

  entries(): Iterable<readonly [string, readonly Version[]]> {
    return this.#versions.entries();
  }

  log(origin: NodeId, after: number, limit: LogLimit): Write[] {
    // A node's writes are delivered in order and without gaps, so number n lies at index n - 1.
    return within(limit, this.#logs.get(origin)?.slice(after, after + limit.writes) ?? []);
  }

  async close(): Promise<void> {}
}
