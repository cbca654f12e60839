import {
  checkCommits,
  createPlace,
  isInPlace,
  type LmdbDirectory,
  type Place,
  removePlaces,
} from '@gridclock/durable-tables/lmdb';
import type { LmdbMeta } from './lmdb-meta.ts';
import type { Identity } from './storage.ts';

/** Tells whether the data of a directory was copied there, and records where it is for the next start. */
export class LmdbPlace {
  /** Call it before LMDB opens the directory. */
  static readonly prepare = checkCommits;
  /** Whether the data was not copied here since this node last used it. */
  readonly inPlace: boolean;
  #recorded: Place | undefined;

  private constructor(inPlace: boolean, recorded: Place | undefined) {
    this.inPlace = inPlace;
    this.#recorded = recorded;
  }

  static async open({ path, root }: LmdbDirectory, meta: LmdbMeta): Promise<LmdbPlace> {
    let recorded = meta.get('place');
    const inPlace = await isInPlace(path, recorded);
    const mayBeCopy = !inPlace && meta.get('identity') !== undefined;
    try {
      const place: Place = { ...(await createPlace(path)), ...(mayBeCopy && { undecided: true }) };
      // Not repeated while the disk is full: the earlier record still holds.
      await root.childTransaction(() => meta.put({ place }));
      recorded = place;
    } catch {
      // A full disk, or a file system without birth times: then the next start compares with the earlier record.
    }
    // A file that is left does no harm, and is removed at the next start.
    await removePlaces(path, recorded?.file).catch(() => {});
    return new LmdbPlace(inPlace, recorded);
  }

  /** Returns what to store with an identity: once the node has decided on its id, the data is its own. */
  after({ pending }: Identity): { place?: Place } {
    if (this.#recorded?.undecided && pending === undefined) {
      const { undecided: _, ...place } = this.#recorded;
      this.#recorded = place;
    }
    return this.#recorded === undefined ? {} : { place: this.#recorded };
  }
}
