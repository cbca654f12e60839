import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import {
  checkHeader,
  DamagedFileError,
  forEachFreePage,
  type MetaPage,
  NO_PAGE,
  NODE_HEADER_BYTES,
  nodeFlag,
  PAGE_HEADER_BYTES,
  pageType,
  readMeta,
  readTree,
  readUint64,
  type Tree,
} from './lmdb-file-format.ts';
import { isIntact } from './record-checksum.ts';

/** What was read. */
export type FileCheck = { pages: number; records: number };

/** What a leaf's data is: lists of free pages, descriptions of trees, or the store's records. */
type Content = 'free' | 'trees' | 'records';

/** The deepest tree that LMDB can walk. */
const MAX_DEPTH = 32;

/**
 * Reads every page in use of an LMDB data file and checks all that LMDB relies on: it maps the file into memory and
 * follows what it finds, so that a damaged page can crash the process or hide keys.
 *
 * Covers the meta pages, the structure and order of every tree, the counts of records and pages, the lists of free
 * pages, and the checksum of each record. Does not cover free pages and unused parts of pages: nothing reads them.
 * Blocks while it reads, about a second per million keys, so call it before the process serves.
 *
 * @throws DamagedFileError saying what is wrong
 */
export function checkLmdbFile(path: string): FileCheck {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size === 0) throw new DamagedFileError('it is empty');
    return new LmdbFileCheck(file, size).run();
  } catch (error) {
    // A number that points outside of a buffer.
    if (error instanceof RangeError) throw new DamagedFileError('a page is cut short');
    throw error;
  } finally {
    closeSync(file);
  }
}

class LmdbFileCheck {
  readonly #file: number;
  readonly #pageSize: number;
  readonly #meta: MetaPage;
  /** 1 for each page that is in use or free: none may be both, or used twice. */
  readonly #claimed: Uint8Array;
  /** One buffer per level of the tree being walked. */
  readonly #buffers: Buffer[] = [];
  #pages = 0;
  #records = 0;

  constructor(file: number, size: number) {
    this.#file = file;
    const first = readMeta(this.#read(Buffer.alloc(512), 0), 0);
    this.#pageSize = first.free.pageSize;
    if (![4_096, 8_192, 16_384, 32_768, 65_536].includes(this.#pageSize))
      throw new DamagedFileError(`the page size is ${this.#pageSize}`);
    const second = readMeta(this.#read(Buffer.alloc(512), this.#pageSize), 1);
    this.#meta = latest(first, second);
    this.#claimed = new Uint8Array(Math.floor(size / this.#pageSize));
    this.#claimed.fill(1, 0, 2);
    const { lastPage, mapBytes } = this.#meta;
    if ((lastPage + 1) * this.#pageSize > mapBytes || mapBytes > 2 ** 47)
      throw new DamagedFileError('the last page lies outside the map');
  }

  run(): FileCheck {
    const { free, main } = this.#meta;
    this.#walk(main, 'trees');
    this.#walk(free, 'free');
    return { pages: this.#pages, records: this.#records };
  }

  #walk(tree: Tree, content: Content): void {
    if (tree.depth > MAX_DEPTH) throw new DamagedFileError(`a tree has ${tree.depth} levels`);
    if (tree.root === NO_PAGE) {
      if (tree.entries !== 0) throw new DamagedFileError('a tree with entries has no root');
      return;
    }
    const found = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 };
    this.#visit(tree, content, found, tree.root, 1, undefined, undefined);
    for (const [name, count] of Object.entries(found)) {
      const expected = tree[name as keyof typeof found];
      if (count !== expected) throw new DamagedFileError(`a tree has ${count} ${name}, not ${expected}`);
    }
  }

  /** Visits a page and all below it. Its keys must be at least `low` and less than `high`. */
  #visit(
    tree: Tree,
    content: Content,
    found: { branchPages: number; leafPages: number; overflowPages: number; entries: number },
    number: number,
    level: number,
    low: Buffer | undefined,
    high: Buffer | undefined,
  ): void {
    this.#claim(number, 1);
    this.#buffers[level] ??= Buffer.alloc(this.#pageSize);
    const page = this.#read(this.#buffers[level], number * this.#pageSize);
    const isLeaf = level === tree.depth;
    checkHeader(page, number, isLeaf ? pageType.leaf : pageType.branch, this.#meta.transaction);
    if (isLeaf) found.leafPages++;
    else found.branchPages++;
    const fail = (what: string) => new DamagedFileError(`page ${number}: ${what}`);
    const space = this.#pageSize - PAGE_HEADER_BYTES;
    const [lower, upper] = [page.readUInt16LE(20), page.readUInt16LE(22)];
    const count = lower >> 1;
    if (lower > upper || upper > space || (lower & 1) === 1) throw fail('its bounds are wrong');
    if (count < (isLeaf || content === 'free' ? 1 : 2)) throw fail('it has too few nodes');
    let used = 0;
    let previous: Buffer | undefined;
    for (let index = 0; index < count; index++) {
      const offset = page.readUInt16LE(PAGE_HEADER_BYTES + 2 * index);
      if (offset < upper || offset + NODE_HEADER_BYTES > space) throw fail(`node ${index} lies outside`);
      const node = PAGE_HEADER_BYTES + offset;
      const flags = page.readUInt16LE(node + 4);
      const keyStart = node + NODE_HEADER_BYTES;
      const keyEnd = keyStart + page.readUInt16LE(node + 6);
      const size = page.readUInt32LE(node);
      const inPage = isLeaf ? ((flags & nodeFlag.bigData) === 0 ? size : 24) : 0;
      if (keyEnd + inPage > this.#pageSize) throw fail(`node ${index} is too long`);
      used += (keyEnd + inPage - node + 1) & ~1;
      const key = page.subarray(keyStart, keyEnd);
      // The first key of a branch page stands for everything below the second.
      if (isLeaf || index > 0) {
        if (previous !== undefined && compareKeys(previous, key, content) >= 0)
          throw fail('its keys are out of order');
        if (low !== undefined && compareKeys(key, low, content) < 0) throw fail('a key is in the wrong page');
        if (high !== undefined && compareKeys(key, high, content) >= 0)
          throw fail('a key is in the wrong page');
        previous = key;
      }
      if (!isLeaf) continue;
      found.entries++;
      let data = page.subarray(keyEnd, keyEnd + inPage);
      if ((flags & nodeFlag.bigData) !== 0) {
        const big = this.#overflow(data, size);
        found.overflowPages += big.pages;
        data = big.data;
      }
      this.#checkData(content, flags & ~nodeFlag.bigData, key, data, number);
    }
    if (used !== space - upper) throw fail('its nodes overlap');
    if (isLeaf) return;
    const child = (index: number) => {
      const node = PAGE_HEADER_BYTES + page.readUInt16LE(PAGE_HEADER_BYTES + 2 * index);
      const key = page.subarray(
        node + NODE_HEADER_BYTES,
        node + NODE_HEADER_BYTES + page.readUInt16LE(node + 6),
      );
      return { page: page.readUInt32LE(node) + page.readUInt16LE(node + 4) * 2 ** 32, key };
    };
    for (let index = 0; index < count; index++) {
      const { page: below, key } = child(index);
      const next = index + 1 < count ? child(index + 1).key : high;
      this.#visit(tree, content, found, below, level + 1, index === 0 ? low : key, next);
    }
  }

  #checkData(content: Content, flags: number, key: Buffer, data: Buffer, page: number): void {
    const wanted = content === 'trees' ? nodeFlag.subDatabase : 0;
    if (flags !== wanted) throw new DamagedFileError(`page ${page} holds something else than ${content}`);
    if (content === 'free') {
      const { lastPage } = this.#meta;
      forEachFreePage(data, (free) => {
        if (free > lastPage) throw new DamagedFileError(`page ${free} is free, but the last is ${lastPage}`);
        // LMDB does not keep the end of the file if all of it is free.
        if (free < this.#claimed.length) this.#claim(free, 1);
      });
    } else if (content === 'trees') {
      const tree = readTree(data, 0);
      if (tree.flags !== 0) throw new DamagedFileError(`a tree has the flags ${tree.flags}`);
      this.#walkApart(tree);
    } else {
      this.#records++;
      if (!isIntact(key, data))
        throw new DamagedFileError(`page ${page}: a record does not match its checksum`);
    }
  }

  /** Walks a tree while another is being walked, which must keep its buffers. */
  #walkApart(tree: Tree): void {
    const buffers = this.#buffers.splice(0);
    this.#walk(tree, 'records');
    this.#buffers.splice(0, this.#buffers.length, ...buffers);
  }

  /** Reads data that is stored in pages of its own. */
  #overflow(reference: Buffer, size: number): { data: Buffer; pages: number } {
    const number = readUint64(reference, 0);
    const pages = Math.floor((PAGE_HEADER_BYTES - 1 + size) / this.#pageSize) + 1;
    if (readUint64(reference, 16) !== pages)
      throw new DamagedFileError(`a value of ${size} bytes has other pages`);
    this.#claim(number, pages);
    const bytes = this.#read(Buffer.allocUnsafe(PAGE_HEADER_BYTES + size), number * this.#pageSize);
    checkHeader(bytes, number, pageType.overflow, this.#meta.transaction);
    if (bytes.readUInt32LE(20) !== pages) throw new DamagedFileError(`page ${number} has the wrong length`);
    return { data: bytes.subarray(PAGE_HEADER_BYTES), pages };
  }

  /** Counts pages as used, each once. */
  #claim(first: number, count: number): void {
    for (let page = first; page < first + count; page++) {
      if (page >= this.#claimed.length)
        throw new DamagedFileError(`page ${page} lies behind the end of the file`);
      if (page > this.#meta.lastPage) throw new DamagedFileError(`page ${page} lies behind the last page`);
      if (this.#claimed[page] === 1) throw new DamagedFileError(`page ${page} is used twice`);
      this.#claimed[page] = 1;
    }
    this.#pages += count;
  }

  #read(buffer: Buffer, position: number): Buffer {
    const length = readSync(this.#file, buffer, 0, buffer.length, position);
    if (length !== buffer.length) throw new DamagedFileError('the file is cut short');
    return buffer;
  }
}

/** Returns the meta page of the last transaction. Transaction N writes meta page N % 2. */
function latest(even: MetaPage, odd: MetaPage): MetaPage {
  if (even.free.pageSize !== odd.free.pageSize)
    throw new DamagedFileError('the meta pages differ in page size');
  // In a new file both are untouched, in a copy by LMDB the first.
  if (isUntouched(even)) return odd;
  const inPlace = even.transaction % 2 === 0 && (odd.transaction % 2 === 1 || isUntouched(odd));
  if (!inPlace || Math.abs(even.transaction - odd.transaction) !== 1)
    throw new DamagedFileError(
      `the meta pages are of transactions ${even.transaction} and ${odd.transaction}`,
    );
  return even.transaction > odd.transaction ? even : odd;
}

/** Whether no transaction has written a meta page yet. */
function isUntouched({ transaction, main, lastPage }: MetaPage): boolean {
  return transaction === 0 && main.root === NO_PAGE && lastPage === 1;
}

/** Keys of the list of free pages are numbers; all others are compared byte by byte, as LMDB does. */
function compareKeys(left: Buffer, right: Buffer, content: Content): number {
  return content === 'free' ? readUint64(left, 0) - readUint64(right, 0) : left.compare(right);
}
