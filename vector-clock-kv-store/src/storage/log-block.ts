import type { Write } from '../causality/write.ts';
import { jsonOf, noteJson } from './encoded-write.ts';

/**
 * 16 KiB of JSON, about 64 small writes: a record has its cost, but LMDB must find a row of free pages for a large one.
 * Fewer than 8 writes are stored apart, so that data of single writes is as earlier releases know it.
 */
const BLOCK = { bytes: 16 * 1024, leastWrites: 8 };

/** A line break between writes: no JSON text of a write has one. */
const SEPARATOR = ',\n';

/** Some writes of one node, without a gap, that one record of the log holds; or a single write. */
export type LogRecord = { last: Write; json: string; isBlock: boolean };

/** Divides writes of one node, without a gap, into records of the log. */
export function recordsOf(writes: readonly Write[]): LogRecord[] {
  const records: LogRecord[] = [];
  let block: Write[] = [];
  let bytes = 0;
  const end = () => {
    const [last] = block.slice(-1);
    if (last !== undefined && block.length >= BLOCK.leastWrites)
      records.push({ last, json: `[${block.map(jsonOf).join(SEPARATOR)}]`, isBlock: true });
    else for (const write of block) records.push({ last: write, json: jsonOf(write), isBlock: false });
    block = [];
    bytes = 0;
  };
  for (const write of writes) {
    const { length } = jsonOf(write);
    if (bytes + length > BLOCK.bytes) end();
    block.push(write);
    bytes += length;
  }
  end();
  return records;
}

/** Returns the JSON of each write in a record. */
export function textsIn(json: string): string[] {
  return isBlock(json) ? json.slice(1, -1).split(SEPARATOR) : [json];
}

/** Parses the JSON of a write, which the write keeps. */
export function parseWrite(json: string): Write {
  // Safe: only the log writes records, each with a checksum.
  const write = JSON.parse(json) as Write;
  noteJson(write, json);
  return write;
}

/** Reports whether a record holds several writes. */
function isBlock(json: string): boolean {
  return json.startsWith('[');
}
