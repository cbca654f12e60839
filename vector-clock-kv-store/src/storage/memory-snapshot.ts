import type { Retirements } from '../causality/retirements.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Version } from '../causality/versions.ts';
import type { KeyPage, KeyVersions, Snapshot } from './storage.ts';

/** A copy of the references to all keys' versions, which are immutable. The cursor is a position in it. */
export class MemorySnapshot implements Snapshot {
  readonly clock: VectorClock;
  readonly retired: Retirements;
  #keys: KeyVersions[];

  constructor(
    { clock, retired }: Pick<Snapshot, 'clock' | 'retired'>,
    versions: ReadonlyMap<string, readonly Version[]>,
  ) {
    this.clock = clock;
    this.retired = retired;
    this.#keys = [...versions];
  }

  page(cursor: string | undefined, limitBytes: number): KeyPage {
    const keys: KeyVersions[] = [];
    let position = cursor === undefined ? 0 : Number(cursor);
    for (let bytes = 0; bytes < limitBytes; position++) {
      const found = this.#keys[position];
      if (found === undefined) return { keys, next: undefined };
      keys.push(found);
      bytes += Buffer.byteLength(JSON.stringify(found));
    }
    return { keys, next: String(position) };
  }

  close(): void {
    this.#keys = [];
  }
}
