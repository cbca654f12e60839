import type { Write } from '../causality/write.ts';

const encoded = new WeakMap<Write, string>();

/** Returns a write as JSON. Encodes it once: the journal, the log and the messages to all peers share the text. */
export function jsonOf(write: Write): string {
  const known = encoded.get(write);
  if (known !== undefined) return known;
  const json = JSON.stringify(write);
  encoded.set(write, json);
  return json;
}

/** Returns writes as the JSON of a list. */
export function jsonOfAll(writes: readonly Write[]): string {
  return `[${writes.map(jsonOf).join(',')}]`;
}
