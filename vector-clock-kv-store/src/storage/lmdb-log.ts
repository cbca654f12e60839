import { CheckedDatabase, DamagedDataError } from '@gridclock/durable-tables/lmdb';
import type { Key, RootDatabase } from 'lmdb';
import type { NodeId } from '../causality/node-id.ts';
import { counterOf, type VectorClock } from '../causality/vector-clock.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { jsonOf } from './encoded-write.ts';
import { countIn, type LogRecord, recordsOf, writesIn } from './log-block.ts';
import { LogTail } from './log-tail.ts';
import { type LogLimit, takeWithin } from './take-within.ts';

/** 1 MiB of JSON, twice: with the parsed writes some 6 MB. Peers that lag are seldom further apart. */
const REREAD_BYTES = 1024 * 1024;

/** 100 records, up to 100 writes more than are wanted or 12,000 in blocks: reading their sizes takes some 0.1 ms. */
const SIZED_AT_ONCE = 100;

/** 1,000 writes, or 1 MiB of their JSON: how much is read at once of a log that is read as a whole. */
const PART = { writes: 1_000, bytes: 1024 * 1024 };

/** 20,000 writes, more than are kept at hand: then nobody reads the log of their node. */
const KEPT_UNREAD = 20_000;

/** What adding writes has done to the log: by how many bytes it has grown, and whether there are new blocks. */
export type LogGrowth = { bytes: number; hasBlocks: boolean };

type LogKey = [node: NodeId, last: number];

/** The log in LMDB: each node's writes, in records by the number of their last write. */
export class LmdbLog {
  readonly #records: CheckedDatabase<Write | readonly Write[], LogKey>;
  readonly #file: string;
  readonly #tail = new LogTail();
  /** What was read last: links to peers that lag read the same writes one after the other. */
  readonly #reread = new LogTail(REREAD_BYTES);
  /** How many writes of a node have been kept at hand since its log was last read. */
  readonly #unread = new Map<NodeId, number>();

  constructor(root: RootDatabase<unknown, Key>, file: string) {
    this.#records = new CheckedDatabase(root, { name: 'log', file });
    this.#file = file;
  }

  /** Returns one node's writes after its write number `after`, in order, up to `limit` but at least one. */
  read(origin: NodeId, after: number, limit: LogLimit): Write[] {
    this.#unread.set(origin, 0);
    const recent = this.#tail.read(origin, after, limit);
    if (recent !== undefined) return recent;
    const known = this.#reread.read(origin, after, limit) ?? [];
    const read = takeWithin(limit, this.#from(known, origin, after));
    this.#reread.addBehind(origin, read.slice(known.length));
    return read;
  }

  /** Iterates over one node's writes number `after + 1` to `last`, in parts. @throws DamagedDataError if one is missing */
  *parts(origin: NodeId, after: number, last: number): Iterable<readonly Write[]> {
    for (let next = after + 1; next <= last; ) {
      const writes = this.read(origin, next - 1, PART);
      const gap = writes.findIndex((write, index) => dotOf(write).counter !== next + index);
      if (writes.length === 0 || gap !== -1)
        throw new DamagedDataError(
          this.#file,
          `write ${next + Math.max(gap, 0)} of ${origin} is missing in log`,
        );
      yield writes;
      next += writes.length;
    }
  }

  /** Iterates over writes that are at hand, and over those behind them in the database. */
  *#from(known: readonly Write[], origin: NodeId, after: number): Iterable<Write> {
    yield* known;
    const from = after + known.length + 1;
    for (const { key, json } of this.#range(origin, from, Number.MAX_SAFE_INTEGER)) {
      const writes = writesIn(json());
      const first = key[1] - writes.length + 1;
      yield* from > first ? writes.slice(from - first) : writes;
    }
  }

  /**
   * Iterates over the sizes in bytes of one node's writes number `from` to `to`; 0 for a write that is not there. Those of
   * a block share its size.
   */
  *sizes(origin: NodeId, from: number, to: number): Iterable<number> {
    let next = from;
    // In parts: an iterator that a caller leaves in the middle would keep a view of the data, whose pages grow the file.
    for (
      let part = this.#sizesFrom(origin, next);
      part.length > 0 && next <= to;
      part = this.#sizesFrom(origin, next)
    ) {
      for (const { last, size } of part) {
        const count = last - next + 1;
        for (; next <= last && next <= to; next++) yield size / count;
      }
    }
    for (; next <= to; next++) yield 0;
  }

  /** Reads the sizes of all writes, and returns their sum in bytes. */
  measure(): number {
    let bytes = 0;
    for (const key of this.#records.getKeys()) bytes += this.#records.sizeOf(key);
    return bytes;
  }

  /** Adds writes, those of each node in their order. Call it inside a transaction, as `remove` and `unpack`. */
  append(writes: readonly Write[], inBlocks: boolean): LogGrowth {
    const growth: LogGrowth = { bytes: 0, hasBlocks: false };
    for (const run of inBlocks ? runsOf(writes) : writes.map((write) => [write])) {
      for (const record of recordsOf(run)) {
        growth.bytes += this.#put(record);
        growth.hasBlocks ||= record.isBlock;
      }
    }
    return growth;
  }

  /**
   * Keeps writes at hand for those that read the log behind them. Call it once their transaction is committed.
   *
   * Most often these are a node's own writes: nobody reads those that it has from peers. To keep all of them took a tenth of
   * the processor time of a batch, because the garbage collector copies what it finds alive.
   */
  remember(writes: readonly Write[]): void {
    for (const write of writes) {
      const unread = this.#unread.get(write.sender) ?? KEPT_UNREAD;
      if (unread >= KEPT_UNREAD) continue;
      this.#unread.set(write.sender, unread + 1);
      this.#tail.add(write);
    }
  }

  /**
   * Removes one node's writes number `from` to `to`, and returns the bytes that are free then. A block stays until its last
   * write is removed.
   */
  remove(origin: NodeId, from: number, to: number): number {
    this.#tail.remove(origin, to);
    this.#reread.remove(origin, to);
    let bytes = 0;
    for (const { key, size } of [...this.#range(origin, from, to)]) {
      this.#records.remove(key);
      bytes += size;
    }
    return bytes;
  }

  /**
   * Stores writes of blocks apart, as earlier releases know them: at most `count` of them, or one block. Leaves out those
   * that are pruned already.
   *
   * @param after the record to go on behind
   * @returns the bytes that the log has grown by, and the last record that was looked at; undefined at the end
   */
  unpack(
    after: LogKey | undefined,
    count: number,
    pruned: VectorClock,
  ): { bytes: number; at: LogKey | undefined } {
    let bytes = 0;
    const found: { key: LogKey; json: string }[] = [];
    let left = count;
    let at: LogKey | undefined;
    for (const { key, json, size } of this.#records.getRecords(
      after === undefined ? {} : { start: after, exclusiveStart: true },
    )) {
      if (left <= 0) {
        at = found.at(-1)?.key;
        break;
      }
      const record = json();
      const writes = countIn(record);
      if (writes === 1) continue;
      found.push({ key, json: record });
      bytes -= size;
      left -= writes;
    }
    for (const { json, key } of found) {
      const [node, last] = key;
      const writes = writesIn(json);
      const kept = writes.slice(Math.max(0, counterOf(pruned, node) - last + writes.length));
      kept.forEach((write, index) => {
        bytes += this.#records.putJson([node, last - kept.length + 1 + index], jsonOf(write));
      });
    }
    return { bytes, at };
  }

  /** The next records of a node from a number on: the numbers of their last writes, and their sizes in bytes. */
  #sizesFrom(origin: NodeId, from: number): { last: number; size: number }[] {
    const range = this.#range(origin, from, Number.MAX_SAFE_INTEGER, SIZED_AT_ONCE);
    return [...range.map(({ key, size }) => ({ last: key[1], size }))];
  }

  #put({ json, last }: LogRecord): number {
    const { node, counter } = dotOf(last);
    return this.#records.putJson([node, counter], json);
  }

  /** The records whose last writes have the numbers `from` to `to`. */
  #range(origin: NodeId, from: number, to: number, limit?: number) {
    const some = limit === undefined ? {} : { limit };
    return this.#records.getRecords({
      start: [origin, from],
      end: [origin, to],
      inclusiveEnd: true,
      ...some,
    });
  }
}

/** Divides writes into those of one node each without a gap. */
function runsOf(writes: readonly Write[]): Iterable<readonly Write[]> {
  const runs: Write[][] = [];
  const last = new Map<NodeId, { run: Write[]; counter: number }>();
  for (const write of writes) {
    const { node, counter } = dotOf(write);
    const before = last.get(node);
    if (before?.counter === counter - 1) {
      before.run.push(write);
      before.counter = counter;
      continue;
    }
    const run = [write];
    runs.push(run);
    last.set(node, { run, counter });
  }
  return runs;
}
