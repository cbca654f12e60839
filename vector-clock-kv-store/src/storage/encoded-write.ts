import type { Write } from '../causality/write.ts';

/** What the JSON of a write has besides key and value: names, sender, life and time; and an entry of its clock. */
const [FRAME_BYTES, ENTRY_BYTES] = [110, 12];

/** The least characters that the JSON of a write has besides key and value. */
const MIN_FRAME = 40;

/** Returns the object that it is given, so that the fields of a derived class become that object's. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: a private field is half the price of a WeakMap's entry.
    return object;
  }
}

/** Keeps a write's JSON in private fields of the write itself, where nobody else sees it. */
class EncodedWrite extends Given {
  /** The whole write. */
  #json: string | undefined;
  /** Its key and its value. */
  #short: string | undefined;
  /** The bytes of the whole write; 0 if they are not counted yet. */
  #bytes = 0;

  static jsonIn(write: object): string | undefined {
    return #json in write ? write.#json : undefined;
  }

  static shortIn(write: object): string | undefined {
    return #short in write ? write.#short : undefined;
  }

  static keepJson(write: Write, json: string): string {
    EncodedWrite.#of(write).#json = json;
    return json;
  }

  static keepShort(write: Write, json: string): string {
    EncodedWrite.#of(write).#short = json;
    return json;
  }

  static bytesIn(write: Write): number {
    const encoded = EncodedWrite.#of(write);
    if (encoded.#bytes === 0) encoded.#bytes = countBytes(write);
    return encoded.#bytes;
  }

  static #of(write: Write): EncodedWrite {
    return #json in write ? write : new EncodedWrite(write);
  }
}

/** Returns a write as JSON. Encodes it once: the journal, the log and the messages to all peers share the text. */
export function jsonOf(write: Write): string {
  return EncodedWrite.jsonIn(write) ?? EncodedWrite.keepJson(write, JSON.stringify(write));
}

/** Returns a write's key and value as JSON: the short form of a write that continues the one before it. Encodes it once. */
export function shortJsonOf(write: Write): string {
  const { key, value } = write;
  return EncodedWrite.shortIn(write) ?? EncodedWrite.keepShort(write, JSON.stringify({ key, value }));
}

/** Notes the JSON that a write was parsed from, unless its JSON is known. */
export function noteJson(write: Write, json: string): void {
  if (EncodedWrite.jsonIn(write) === undefined) EncodedWrite.keepJson(write, json);
}

/** Notes the short form that a write was made from. */
export function noteShortJson(write: Write, json: string): void {
  if (EncodedWrite.shortIn(write) === undefined) EncodedWrite.keepShort(write, json);
}

/** Returns the bytes of a write's JSON; as an estimate, unless it is encoded as a whole. */
export function bytesOf(write: Write): number {
  return EncodedWrite.bytesIn(write);
}

function countBytes(write: Write): number {
  const json = EncodedWrite.jsonIn(write);
  if (json !== undefined) return Buffer.byteLength(json);
  let bytes = Buffer.byteLength(shortJsonOf(write)) + FRAME_BYTES;
  for (const node in write.vc) bytes += node.length + ENTRY_BYTES;
  return bytes;
}

/** Returns writes as the JSON of a list. */
export function jsonOfAll(writes: readonly Write[]): string {
  let list = '';
  for (const write of writes) list += list === '' ? jsonOf(write) : `,${jsonOf(write)}`;
  return `[${list}]`;
}

/** The same, unless it has more characters than `limit`. */
export function jsonWithin(limit: number, writes: readonly Write[]): string | undefined {
  // First without encoding any: most large lists are far larger.
  let least = 0;
  for (const { key, value } of writes)
    least += MIN_FRAME + key.length + (typeof value === 'string' ? value.length : 0);
  if (least > limit) return undefined;
  let length = 1;
  for (const write of writes) {
    length += jsonOf(write).length + 1;
    if (length > limit) return undefined;
  }
  return jsonOfAll(writes);
}
