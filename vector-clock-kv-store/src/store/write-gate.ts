import type { DiskState } from '../storage/full-disk.ts';

/** The store cannot accept writes now; send them again. */
export class InstallingError extends Error {
  override readonly name = 'InstallingError';
}

/** Decides whether a store accepts writes, from clients and from peers alike. */
export class WriteGate {
  readonly #disk: DiskState | undefined;
  #paused = false;
  #retired = false;

  /** @param disk undefined if the storage has none that could be full */
  constructor(disk: DiskState | undefined) {
    this.#disk = disk;
  }

  /** Refuses writes until `resume`. */
  pause(): void {
    this.#paused = true;
  }

  /** Accepts writes again after `pause`. */
  resume(): void {
    this.#paused = false;
  }

  /** Refuses writes for good: the node continues under another id, with another store. */
  retire(): void {
    this.#retired = true;
  }

  /**
   * Call it before anything is counted: what waits for room already is all that memory must hold.
   *
   * @param what `write` or `writes`, for the message
   * @throws InstallingError while the store is paused, and once it is retired
   * @throws DiskFullError while the disk is full
   */
  check(what: 'write' | 'writes'): void {
    if (this.#paused || this.#retired)
      throw new InstallingError(`This node is installing a snapshot; send the ${what} again`);
    if (this.#disk?.full !== undefined) throw this.#disk.full;
  }
}
