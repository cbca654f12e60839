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
  readTree,
  readUint64,
  type Tree,
} from './lmdb-file-format.ts';
import { readLatestMeta } from './lmdb-latest-meta.ts';
import { PageClaims } from './lmdb-page-claims.ts';
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

/** Reads the state of a data file after its last transaction. @throws DamagedFileError */
export function readLatestMetaOf(path: string): MetaPage {
  const file = openSync(path, 'r');
  try {
    return readLatestMeta((buffer, position) => {
      if (readSync(file, buffer, 0, buffer.length, position) !== buffer.length)
        throw new DamagedFileError('the file is cut short');
      return buffer;
    });
  } finally {
    closeSync(file);
  }
}

class LmdbFileCheck {
  readonly #file: number;
  readonly #pageSize: number;
  readonly #meta: MetaPage;
  readonly #claims: PageClaims;
  /** One buffer per level of the tree being walked. */
  readonly #buffers: Buffer[] = [];
  #records = 0;

  constructor(file: number, size: number) {
    this.#file = file;
    this.#meta = readLatestMeta((buffer, position) => this.#read(buffer, position));
    this.#pageSize = this.#meta.free.pageSize;
    this.#claims = new PageClaims(Math.floor(size / this.#pageSize), this.#meta.lastPage);
  }

  run(): FileCheck {
    const { free, main } = this.#meta;
    this.#walk(main, 'trees');
    this.#walk(free, 'free');
    return { pages: this.#claims.count, records: this.#records };
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
    this.#claims.claim(number, 1);
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
      forEachFreePage(data, (free) => this.#claims.claimFree(free));
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

  /** Reads data that is stored in overflow pages. */
  #overflow(reference: Buffer, size: number): { data: Buffer; pages: number } {
    const number = readUint64(reference, 0);
    const pages = Math.floor((PAGE_HEADER_BYTES - 1 + size) / this.#pageSize) + 1;
    if (readUint64(reference, 16) !== pages)
      throw new DamagedFileError(`a value of ${size} bytes has other pages`);
    this.#claims.claim(number, pages);
    const bytes = this.#read(Buffer.allocUnsafe(PAGE_HEADER_BYTES + size), number * this.#pageSize);
    checkHeader(bytes, number, pageType.overflow, this.#meta.transaction);
    if (bytes.readUInt32LE(20) !== pages) throw new DamagedFileError(`page ${number} has the wrong length`);
    return { data: bytes.subarray(PAGE_HEADER_BYTES), pages };
  }

  #read(buffer: Buffer, position: number): Buffer {
    const length = readSync(this.#file, buffer, 0, buffer.length, position);
    if (length !== buffer.length) throw new DamagedFileError('the file is cut short');
    return buffer;
  }
}

/** Keys of the list of free pages are numbers; all others are compared byte by byte, as LMDB does. */
function compareKeys(left: Buffer, right: Buffer, content: Content): number {
  return content === 'free' ? readUint64(left, 0) - readUint64(right, 0) : left.compare(right);
}
