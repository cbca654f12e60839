import type { Write } from '../causality/write.ts';

/** Returns the object that it is given, so that the fields of a derived class become that object's. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: a private field is half the price of a WeakMap's entry.
    return object;
  }
}

/** Keeps a write's JSON in a private field of the write itself, where nobody else sees it. */
class EncodedWrite extends Given {
  readonly #json: string;

  constructor(write: Write, json: string) {
    super(write);
    this.#json = json;
  }

  static jsonIn(write: object): string | undefined {
    return #json in write ? write.#json : undefined;
  }
}

/** Returns a write as JSON. Encodes it once: the journal, the log and the messages to all peers share the text. */
export function jsonOf(write: Write): string {
  return EncodedWrite.jsonIn(write) ?? keepJson(write, JSON.stringify(write));
}

/** Notes the JSON that a write was parsed from, unless its JSON is known. */
export function noteJson(write: Write, json: string): void {
  if (EncodedWrite.jsonIn(write) === undefined) keepJson(write, json);
}

/** Returns writes as the JSON of a list. */
export function jsonOfAll(writes: readonly Write[]): string {
  let list = '';
  for (const write of writes) list += list === '' ? jsonOf(write) : `,${jsonOf(write)}`;
  return `[${list}]`;
}

/** The same, unless it has more characters than `limit`. */
export function jsonWithin(limit: number, writes: readonly Write[]): string | undefined {
  let length = 1;
  for (const write of writes) {
    length += jsonOf(write).length + 1;
    if (length > limit) return undefined;
  }
  return jsonOfAll(writes);
}

function keepJson(write: Write, json: string): string {
  new EncodedWrite(write, json);
  return json;
}
