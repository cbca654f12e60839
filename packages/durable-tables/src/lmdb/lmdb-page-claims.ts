import { DamagedFileError } from './lmdb-file-format.ts';

/** Records which pages of a data file are in use or free: none may be both, or used twice. */
export class PageClaims {
  /** 1 for each page that is claimed. */
  readonly #claimed: Uint8Array;
  readonly #lastPage: number;
  #count = 0;

  /**
   * @param filePages the pages that the file has
   * @param lastPage the last page that LMDB counts as part of the data
   */
  constructor(filePages: number, lastPage: number) {
    this.#claimed = new Uint8Array(filePages);
    this.#lastPage = lastPage;
    // The meta pages.
    this.#claimed.fill(1, 0, 2);
  }

  /** The pages claimed so far, without the meta pages. */
  get count(): number {
    return this.#count;
  }

  /** Claims pages in use, each once. */
  claim(first: number, count: number): void {
    for (let page = first; page < first + count; page++) {
      if (page >= this.#claimed.length)
        throw new DamagedFileError(`page ${page} lies behind the end of the file`);
      if (page > this.#lastPage) throw new DamagedFileError(`page ${page} lies behind the last page`);
      if (this.#claimed[page] === 1) throw new DamagedFileError(`page ${page} is used twice`);
      this.#claimed[page] = 1;
    }
    this.#count += count;
  }

  /** Claims a page of the list of free pages. */
  claimFree(page: number): void {
    if (page > this.#lastPage)
      throw new DamagedFileError(`page ${page} is free, but the last is ${this.#lastPage}`);
    // LMDB does not keep the end of the file if all of it is free.
    if (page < this.#claimed.length) this.claim(page, 1);
  }
}
