import type { NodeId } from '../causality/node-id.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { bytesOf } from './encoded-write.ts';
import { type LogLimit, takeWithin } from './take-within.ts';

/**
 * 2 MiB of JSON, twice: half a second of full load, so that a peer a few round trips behind is sent what is in memory.
 * With the parsed writes it takes some 12 MB.
 */
const GENERATION_BYTES = 2 * 1024 * 1024;

type Generation = Map<NodeId, Write[]>;

/**
 * The last writes of a log, as they were stored. Links and watchers read most writes right after the commit; from the
 * database, each reader would parse and encode them again.
 */
export class LogTail {
  readonly #generationBytes: number;
  /** Each holds writes of a node without a gap. The older one goes once the newer one is full. */
  #older: Generation = new Map();
  #newer: Generation = new Map();
  #bytes = 0;
  /** The last write of each node that was removed from the log. */
  readonly #removed = new Map<NodeId, number>();

  constructor(generationBytes = GENERATION_BYTES) {
    this.#generationBytes = generationBytes;
  }

  /** Adds a write that is stored. */
  add(write: Write): void {
    const bytes = bytesOf(write);
    if (this.#bytes + bytes > this.#generationBytes) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    const { node, counter } = dotOf(write);
    const writes = this.#newer.get(node);
    if (writes !== undefined && lastOf(writes) === counter - 1) writes.push(write);
    else this.#newer.set(node, [write]);
  }

  /** Adds writes of one node, unless they come before those that are here: a slower reader must not drop those. */
  addBehind(origin: NodeId, writes: readonly Write[]): void {
    const known = this.#older.get(origin) ?? this.#newer.get(origin);
    if (known === undefined || firstOf(writes) > firstOf(known)) for (const write of writes) this.add(write);
  }

  /** Notes that a node's writes up to a number are removed from the log. */
  remove(origin: NodeId, upTo: number): void {
    this.#removed.set(origin, Math.max(upTo, this.#removed.get(origin) ?? 0));
  }

  /** Reads as `Storage.log`; undefined if the writes are not all here. */
  read(origin: NodeId, after: number, limit: LogLimit): Write[] | undefined {
    if (after < (this.#removed.get(origin) ?? 0)) return undefined;
    const newer = this.#newer.get(origin);
    const older = this.#older.get(origin);
    const read = newer === undefined ? undefined : writesAfter(newer, after, limit);
    if (read !== undefined || older === undefined) return read && takeWithin(limit, read);
    const before = writesAfter(older, after, limit);
    if (before === undefined) return undefined;
    const isWhole = newer !== undefined && lastOf(older) === firstOf(newer) - 1;
    return takeWithin(limit, isWhole ? [...before, ...newer.slice(0, limit.writes)] : before);
  }
}

/** Returns up to so many writes after a number; undefined if the first of them is not here. */
function writesAfter(writes: readonly Write[], after: number, limit: LogLimit): Write[] | undefined {
  const from = after + 1 - firstOf(writes);
  return from < 0 || from >= writes.length ? undefined : writes.slice(from, from + limit.writes);
}

function firstOf([first]: readonly Write[]): number {
  return first === undefined ? 0 : dotOf(first).counter;
}

function lastOf(writes: readonly Write[]): number {
  return firstOf(writes) + writes.length - 1;
}
