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

/**
 * Returns the versions of a key as JSON, where the only one is what a write has made of it: a part of the write's JSON, for
 * a third of the time that encoding it again takes.
 *
 * The members of a write are in this order wherever Gridclock encodes it. Another implementation may have sent others.
 */
export function versionsJsonOf(write: Write): string {
  const { key, sender, value, vc } = write;
  const json = jsonOf(write);
  const end = endOf(write);
  const senderAt = START.length;
  const keyAt = senderAt + sender.length + BEFORE_KEY.length;
  const afterKey = keyAt + key.length;
  // Piece by piece: to compare with one joined text takes three times as long. Where each piece is at its place, the id and
  // the key are not escaped.
  const isUsual =
    json.startsWith(START) &&
    json.startsWith(sender, senderAt) &&
    json.startsWith(BEFORE_KEY, senderAt + sender.length) &&
    json.startsWith(key, keyAt) &&
    json.startsWith(BEFORE_VALUE, afterKey) &&
    json.endsWith(end);
  if (!isUsual) return JSON.stringify([{ sender, value, vc }]);
  const quote = 1;
  return `[${json.slice(0, senderAt + sender.length + quote)}${json.slice(afterKey + quote, -end.length)}}]`;
}

/** What comes before the sender, the key and the value in the JSON of a write. */
const [START, BEFORE_KEY, BEFORE_VALUE] = ['{"sender":"', '","key":"', '","value":'] as const;

/** The end of the last write's JSON. The writes of a batch have the same. */
let lastEnd: { at: number | undefined; life: string | undefined; text: string } | undefined;

/** Returns what comes after the clock in the JSON of a write. */
function endOf({ at, life }: Write): string {
  if (lastEnd === undefined || lastEnd.at !== at || lastEnd.life !== life) {
    const [atMember, lifeMember] = [
      at === undefined ? '' : `,"at":${at}`,
      life === undefined ? '' : `,"life":"${life}"`,
    ];
    lastEnd = { at, life, text: `${atMember}${lifeMember}}` };
  }
  return lastEnd.text;
}

function keepJson(write: Write, json: string): string {
  new EncodedWrite(write, json);
  return json;
}
