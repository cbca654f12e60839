import { continuedWrite, continues } from '../causality/continued-write.ts';
import type { KeyValue, Write } from '../causality/write.ts';
import { jsonOf, noteJson, noteShortJson, shortJsonOf } from './encoded-write.ts';

/**
 * Returns the JSON of an item of a list of writes: that of the whole write, or its key and value if it continues the write
 * before it. The writes of a batch take half the room then.
 *
 * @param previous the write before it in the list
 */
export function itemOf(write: Write, previous: Write | undefined): string {
  return previous !== undefined && continues(previous, write) ? shortJsonOf(write) : jsonOf(write);
}

/** Returns writes as the JSON of a list, in the short form where that is possible. */
export function listOf(writes: readonly Write[]): string {
  let list = '';
  let previous: Write | undefined;
  for (const write of writes) {
    list += previous === undefined ? itemOf(write, previous) : `,${itemOf(write, previous)}`;
    previous = write;
  }
  return `[${list}]`;
}

/** Notes the JSON of the key and the value of each write. */
export function noteShortJsonOfAll(writes: readonly Write[], texts: readonly string[]): void {
  writes.forEach((write, index) => {
    const text = texts[index];
    if (text !== undefined) noteShortJson(write, text);
  });
}

/** Returns the writes that items of a list stand for. @param texts the JSON of each, which the writes keep */
export function writesOf(items: readonly (Write | KeyValue)[], texts: readonly string[]): Write[] {
  let previous: Write | undefined;
  return items.map((item, index) => {
    const text = texts[index];
    if ('sender' in item) {
      if (text !== undefined) noteJson(item, text);
      previous = item;
      return item;
    }
    if (previous === undefined)
      throw new Error('a list of writes begins with a write that continues another');
    previous = continuedWrite(previous, item);
    if (text !== undefined) noteShortJson(previous, text);
    return previous;
  });
}
