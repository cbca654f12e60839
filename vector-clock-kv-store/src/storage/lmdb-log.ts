import { CheckedDatabase } from '@gridclock/durable-tables/lmdb';
import type { Key, RootDatabase } from 'lmdb';
import type { NodeId } from '../causality/node-id.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { jsonOf, noteJson } from './encoded-write.ts';
import { LogTail } from './log-tail.ts';
import { type LogLimit, takeWithin } from './take-within.ts';

/** 1 MiB of JSON, twice: with the parsed writes some 6 MB. Peers that lag are seldom further apart. */
const REREAD_BYTES = 1024 * 1024;

/** The log in LMDB: each node's writes, by the number of the write. */
export class LmdbLog {
  readonly #writes: CheckedDatabase<Write, [NodeId, number]>;
  readonly #tail = new LogTail();
  /** What was read last: links to peers that lag read the same writes one after the other. */
  readonly #reread = new LogTail(REREAD_BYTES);

  constructor(root: RootDatabase<unknown, Key>, file: string) {
    this.#writes = new CheckedDatabase(root, { name: 'log', file });
  }

  /** Returns one node's writes after its write number `after`, in order, up to `limit` but at least one. */
  read(origin: NodeId, after: number, limit: LogLimit): Write[] {
    const recent = this.#tail.read(origin, after, limit);
    if (recent !== undefined) return recent;
    const known = this.#reread.read(origin, after, limit) ?? [];
    const read = takeWithin(limit, this.#from(known, origin, after, limit.writes));
    this.#reread.addBehind(origin, read.slice(known.length));
    return read;
  }

  /** Iterates over writes that are at hand, and over those behind them in the database. */
  *#from(known: readonly Write[], origin: NodeId, after: number, count: number): Iterable<Write> {
    yield* known;
    const range = this.#writes.getJsonRange({
      start: [origin, after + known.length + 1],
      end: [origin, Number.MAX_SAFE_INTEGER],
      limit: count - known.length,
    });
    for (const { json, value } of range) {
      noteJson(value, json);
      yield value;
    }
  }

  /** Iterates over the sizes in bytes of one node's writes number `from` to `to`; 0 for a write that is not there. */
  *sizes(origin: NodeId, from: number, to: number): Iterable<number> {
    for (let number = from; number <= to; number++) yield this.#writes.sizeOf([origin, number]);
  }

  /** Reads the sizes of all writes, and returns their sum in bytes. */
  measure(): number {
    let bytes = 0;
    for (const key of this.#writes.getKeys()) bytes += this.#writes.sizeOf(key);
    return bytes;
  }

  /** Returns the size in bytes. Call it inside a transaction, as `remove`. */
  append(write: Write): number {
    const { node, counter } = dotOf(write);
    return this.#writes.putJson([node, counter], jsonOf(write));
  }

  /** Keeps writes at hand for those that read the log behind them. Call it once their transaction is committed. */
  remember(writes: readonly Write[]): void {
    for (const write of writes) this.#tail.add(write);
  }

  /** Removes one node's writes number `from` to `to`, and returns their size in bytes. */
  remove(origin: NodeId, from: number, to: number): number {
    this.#tail.remove(origin, to);
    this.#reread.remove(origin, to);
    let bytes = 0;
    for (const size of this.sizes(origin, from, to)) bytes += size;
    for (let number = from; number <= to; number++) this.#writes.remove([origin, number]);
    return bytes;
  }
}
