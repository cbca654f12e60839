import { continuedWrite, mayBeContinued } from '../causality/continued-write.ts';
import { isLife } from '../causality/lineage.ts';
import { isNodeId, type NodeId } from '../causality/node-id.ts';
import type { KeyValue, Value, Write } from '../causality/write.ts';
import { MAX_BATCH_PUTS, MAX_CLOCK_ENTRIES, MAX_KEY_BYTES } from '../limits.ts';

/** A key for which the schema has no further question: printable ASCII, a byte for each character. */
const plainKey = new RegExp(`^[ -~]{1,${MAX_KEY_BYTES}}$`);

/**
 * Recognizes the writes of a message that `writeSchema` accepts and returns as they are: nearly all of them, in a fifth of
 * its time. Says nothing about others: the schema decides.
 */
export class PlainWrites {
  /** The ids and lives that were found to be valid: a message has few. */
  readonly #ids = new Set<NodeId>();
  readonly #lives = new Set<string>();

  /**
   * Returns the writes that items stand for if all are plain; undefined otherwise.
   *
   * @param mayBeShort whether items may be in the short form
   */
  read(items: readonly unknown[], mayBeShort: boolean): Write[] | undefined {
    const writes: Write[] = [];
    let previous: Write | undefined;
    for (const item of items) {
      if (mayBeShort && previous !== undefined && isPlainShort(item)) {
        if (!mayBeContinued(previous)) return undefined;
        previous = continuedWrite(previous, item);
      } else if (this.#isPlain(item)) previous = item;
      else return undefined;
      writes.push(previous);
    }
    return writes;
  }

  #isPlain(value: unknown): value is Write {
    if (typeof value !== 'object' || value === null) return false;
    // Safe: any name of an object may be asked for.
    const { sender, key, value: written, vc, at, life } = value as Record<string, unknown>;
    let members = 4;
    if (at !== undefined) members++;
    if (life !== undefined) members++;
    return (
      memberCount(value) === members &&
      this.#isId(sender) &&
      isPlainKey(key) &&
      written !== undefined &&
      this.#isClock(vc, sender) &&
      (at === undefined || (typeof at === 'number' && Number.isFinite(at))) &&
      (life === undefined || this.#isLife(life))
    );
  }

  #isClock(vc: unknown, sender: NodeId): boolean {
    if (typeof vc !== 'object' || vc === null || Array.isArray(vc)) return false;
    let entries = 0;
    let hasSender = false;
    // Safe: any name of an object may be asked for.
    const counters = vc as Record<string, unknown>;
    for (const node in counters) {
      const counter = counters[node];
      if (++entries > MAX_CLOCK_ENTRIES || !this.#isId(node)) return false;
      if (typeof counter !== 'number' || !Number.isSafeInteger(counter) || counter < 1) return false;
      if (node === sender) hasSender = true;
    }
    return hasSender;
  }

  #isId(id: unknown): id is NodeId {
    return typeof id === 'string' && (this.#ids.has(id) || isNew(this.#ids, id, isNodeId));
  }

  #isLife(life: unknown): boolean {
    return typeof life === 'string' && (this.#lives.has(life) || isNew(this.#lives, life, isLife));
  }
}

/** A write of `POST /batch`. */
type Put = { key: string; value: Value };

/** Returns the writes in a body of `POST /batch` if its schema accepts them and returns them as they are. */
export function plainPutsIn(body: unknown): Put[] | undefined {
  if (typeof body !== 'object' || body === null || !('writes' in body)) return undefined;
  const { writes } = body;
  const isPlain = Array.isArray(writes) && writes.length > 0 && writes.length <= MAX_BATCH_PUTS;
  return isPlain && writes.every(isPlainPut) ? writes : undefined;
}

function isPlainPut(value: unknown): value is Put {
  return isPlainShort(value) && value.value !== null;
}

/** Recognizes a key with a value, or with null. */
function isPlainShort(value: unknown): value is KeyValue {
  if (typeof value !== 'object' || value === null) return false;
  // Safe: any name of an object may be asked for.
  const { key, value: written } = value as Record<string, unknown>;
  return memberCount(value) === 2 && isPlainKey(key) && written !== undefined;
}

/** Counts the members of a parsed object, without a list of their names. */
function memberCount(value: object): number {
  let count = 0;
  for (const _name in value) count++;
  return count;
}

function isPlainKey(key: unknown): boolean {
  return typeof key === 'string' && plainKey.test(key) && key !== '__proto__';
}

function isNew(valid: Set<string>, text: string, isValid: (text: string) => boolean): boolean {
  if (!isValid(text)) return false;
  valid.add(text);
  return true;
}
