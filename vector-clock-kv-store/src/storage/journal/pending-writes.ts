import type { NodeId } from '../../causality/node-id.ts';
import type { Retirements } from '../../causality/retirements.ts';
import { type Version, withWrite } from '../../causality/versions.ts';
import { dotOf, type Write } from '../../causality/write.ts';
import { jsonOf } from '../encoded-write.ts';

/** Writes of one or more records, and the number of the last one. */
export type PendingPart = { writes: Write[]; lastSequence: number };

type Batch = { sequence: number; writes: readonly Write[]; bytes: number };

/** The writes that are in the journal but not in the database yet, and what they make of their keys. */
export class PendingWrites {
  /** In the order of their records. */
  readonly #batches: Batch[] = [];
  readonly #keys = new Map<string, { versions: readonly Version[]; sequence: number }>();
  readonly #logs = new Map<NodeId, Write[]>();
  #count = 0;
  #bytes = 0;

  /** The number of writes. */
  get count(): number {
    return this.#count;
  }

  /** Their size in bytes, as JSON. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The number of the oldest record; undefined without writes. */
  get oldest(): number | undefined {
    return this.#batches[0]?.sequence;
  }

  /** Adds the writes of a record. @param stored returns a key's versions in the database */
  add(
    sequence: number,
    writes: readonly Write[],
    retired: Retirements,
    stored: (key: string) => readonly Version[],
  ): void {
    let bytes = 0;
    for (const write of writes) {
      const before = this.versions(write.key) ?? stored(write.key);
      this.#keys.set(write.key, { versions: withWrite(before, write, retired), sequence });
      const { node } = dotOf(write);
      const log = this.#logs.get(node);
      if (log === undefined) this.#logs.set(node, [write]);
      else log.push(write);
      bytes += Buffer.byteLength(jsonOf(write));
    }
    this.#batches.push({ sequence, writes, bytes });
    this.#count += writes.length;
    this.#bytes += bytes;
  }

  /** Returns a key's versions; undefined if none of the writes is to it. */
  versions(key: string): readonly Version[] | undefined {
    return this.#keys.get(key)?.versions;
  }

  /** The keys that the writes change, with their versions. */
  *keys(): Iterable<readonly [key: string, versions: readonly Version[]]> {
    for (const [key, { versions }] of this.#keys) yield [key, versions];
  }

  /** Returns one node's writes, in order. */
  log(origin: NodeId): readonly Write[] {
    return this.#logs.get(origin) ?? [];
  }

  /** Returns the writes of the oldest records: at most `count` of them, but at least one record. */
  oldestPart(count: number): PendingPart | undefined {
    const [first] = this.#batches;
    if (first === undefined) return undefined;
    const part: PendingPart = { writes: [], lastSequence: first.sequence };
    for (const { sequence, writes } of this.#batches) {
      if (part.writes.length > 0 && part.writes.length + writes.length > count) break;
      part.writes.push(...writes);
      part.lastSequence = sequence;
    }
    return part;
  }

  /** Removes the records up to a number, because the database has them. */
  remove(lastSequence: number): void {
    const removed = new Map<NodeId, number>();
    for (let batch = this.#batches[0]; batch !== undefined && batch.sequence <= lastSequence; ) {
      for (const write of batch.writes) {
        const changed = this.#keys.get(write.key);
        if (changed !== undefined && changed.sequence <= lastSequence) this.#keys.delete(write.key);
        removed.set(write.sender, (removed.get(write.sender) ?? 0) + 1);
      }
      this.#count -= batch.writes.length;
      this.#bytes -= batch.bytes;
      this.#batches.shift();
      batch = this.#batches[0];
    }
    for (const [node, count] of removed) {
      const log = this.#logs.get(node);
      log?.splice(0, count);
      if (log?.length === 0) this.#logs.delete(node);
    }
  }
}
