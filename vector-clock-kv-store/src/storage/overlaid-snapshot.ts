import type { Retirements } from '../causality/retirements.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { KeyPage, KeyVersions, Snapshot } from './storage.ts';

/** A snapshot of the database, with the newer versions of some keys at that moment. */
export class OverlaidSnapshot implements Snapshot {
  readonly clock: VectorClock;
  readonly #stored: Snapshot;
  /** In the database's order, which is that of the bytes. */
  readonly #changed: readonly { bytes: Buffer; key: KeyVersions }[];

  constructor(stored: Snapshot, clock: VectorClock, changed: Iterable<KeyVersions>) {
    this.#stored = stored;
    this.clock = clock;
    this.#changed = [...changed]
      .map((key) => ({ bytes: Buffer.from(key[0]), key }))
      .sort((left, right) => left.bytes.compare(right.bytes));
  }

  get retired(): Retirements {
    return this.#stored.retired;
  }

  page(cursor: string | undefined, limitBytes: number): KeyPage {
    const stored = this.#stored.page(cursor, limitBytes);
    const from = cursor === undefined ? undefined : Buffer.from(cursor);
    const to = stored.next === undefined ? undefined : Buffer.from(stored.next);
    const changed = this.#changed.filter(
      ({ bytes }) =>
        (from === undefined || bytes.compare(from) > 0) && (to === undefined || bytes.compare(to) <= 0),
    );
    const merged = mergeInOrder(stored.keys, changed);
    const keys: KeyVersions[] = [];
    let bytes = 0;
    for (const key of merged) {
      if (keys.length > 0 && bytes >= limitBytes) return { keys, next: keys.at(-1)?.[0] };
      keys.push(key);
      bytes += Buffer.byteLength(JSON.stringify(key));
    }
    return { keys, next: stored.next };
  }

  close(): void {
    this.#stored.close();
  }
}

/** Merges keys with changed ones, which replace those of the same name. */
function mergeInOrder(
  stored: readonly KeyVersions[],
  changed: readonly { bytes: Buffer; key: KeyVersions }[],
): KeyVersions[] {
  if (changed.length === 0) return [...stored];
  const merged: KeyVersions[] = [];
  let next = 0;
  for (const key of stored) {
    const bytes = Buffer.from(key[0]);
    let order = 1;
    for (let other = changed[next]; other !== undefined; other = changed[next]) {
      order = bytes.compare(other.bytes);
      if (order < 0) break;
      merged.push(other.key);
      next++;
      if (order === 0) break;
    }
    if (order !== 0 || merged.at(-1)?.[0] !== key[0]) merged.push(key);
  }
  for (const { key } of changed.slice(next)) merged.push(key);
  return merged;
}
