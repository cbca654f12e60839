import type { Write } from '../causality/write.ts';
import { jsonOf, noteJson } from './encoded-write.ts';
import { itemOf, writesOf } from './write-list.ts';

/**
 * 16 KiB of JSON, about 120 small writes of a batch: a record has its cost, but LMDB must find a row of free pages for a large
 * one. Fewer than 8 writes are stored apart, so that data of single writes is as earlier releases know it.
 */
const BLOCK = { bytes: 16 * 1024, leastWrites: 8 };

/** A line break between writes: no JSON text of a write has one. */
const SEPARATOR = ',\n';

/** Some writes of one node, without a gap, that one record of the log holds; or a single write. */
export type LogRecord = { last: Write; json: string; isBlock: boolean };

/** Divides writes of one node, without a gap, into records of the log. */
export function recordsOf(writes: readonly Write[]): LogRecord[] {
  if (writes.length < BLOCK.leastWrites) return writes.map(single);
  const records: LogRecord[] = [];
  let block: Write[] = [];
  let items: string[] = [];
  let bytes = 0;
  const end = () => {
    const [last] = block.slice(-1);
    if (last !== undefined && block.length >= BLOCK.leastWrites)
      records.push({ last, json: `[${items.join(SEPARATOR)}]`, isBlock: true });
    else records.push(...block.map(single));
    [block, items, bytes] = [[], [], 0];
  };
  let previous: Write | undefined;
  for (const write of writes) {
    let item = itemOf(write, previous);
    if (bytes + item.length > BLOCK.bytes) {
      end();
      item = jsonOf(write);
    }
    block.push(write);
    items.push(item);
    bytes += item.length;
    previous = write;
  }
  end();
  return records;
}

function single(write: Write): LogRecord {
  return { last: write, json: jsonOf(write), isBlock: false };
}

/** Returns the number of writes in a record. */
export function countIn(json: string): number {
  return isBlock(json) ? json.split(SEPARATOR).length : 1;
}

/** Returns the writes in a record. */
export function writesIn(json: string): Write[] {
  if (!isBlock(json)) return [parseWrite(json)];
  return writesOf(JSON.parse(json), json.slice(1, -1).split(SEPARATOR));
}

/** Parses the JSON of a write, which the write keeps. */
function parseWrite(json: string): Write {
  // Safe: only the log writes records, each with a checksum.
  const write = JSON.parse(json) as Write;
  noteJson(write, json);
  return write;
}

/** Reports whether a record holds several writes. */
function isBlock(json: string): boolean {
  return json.startsWith('[');
}
