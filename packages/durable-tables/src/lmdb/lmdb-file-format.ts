/**
 * The layout of LMDB's data file, version 2, on 64-bit little-endian machines. Offsets are in bytes.
 * Source: `mdb.c` of lmdb-js (MDB_page_header, MDB_node, MDB_db, MDB_meta).
 */

/** The data file is damaged; the message says where. */
export class DamagedFileError extends Error {
  override readonly name = 'DamagedFileError';
}

export const PAGE_HEADER_BYTES = 24;
export const NODE_HEADER_BYTES = 8;

/** The root of an empty tree. */
export const NO_PAGE = Number.MAX_SAFE_INTEGER;

export const pageType = { branch: 0x01, leaf: 0x02, overflow: 0x04, meta: 0x08 } as const;

/** Bits of a page's flags that say what it holds; the others are LMDB's notes about pages in memory. */
const PAGE_TYPE_BITS = 0x006f;

export const nodeFlag = { bigData: 0x01, subDatabase: 0x02 } as const;

/** One tree of the file. */
export type Tree = {
  pageSize: number;
  flags: number;
  depth: number;
  branchPages: number;
  leafPages: number;
  overflowPages: number;
  entries: number;
  root: number;
};

/** The state of the file after one transaction. */
export type MetaPage = { mapBytes: number; free: Tree; main: Tree; lastPage: number; transaction: number };

const MAGIC = 0xbeefc0de;
const VERSION = 2;
const TREE_BYTES = 48;

/** Reads an unsigned 64-bit number; all ones read as NO_PAGE. */
export function readUint64(bytes: Buffer, offset: number): number {
  const number = bytes.readUInt32LE(offset + 4) * 2 ** 32 + bytes.readUInt32LE(offset);
  return Math.min(number, NO_PAGE);
}

/** Reads the description of a tree. */
export function readTree(bytes: Buffer, offset: number): Tree {
  if (bytes.length < offset + TREE_BYTES)
    throw new DamagedFileError('the description of a tree is cut short');
  return {
    pageSize: bytes.readUInt32LE(offset),
    flags: bytes.readUInt16LE(offset + 4),
    depth: bytes.readUInt16LE(offset + 6),
    branchPages: readUint64(bytes, offset + 8),
    leafPages: readUint64(bytes, offset + 16),
    overflowPages: readUint64(bytes, offset + 24),
    entries: readUint64(bytes, offset + 32),
    root: readUint64(bytes, offset + 40),
  };
}

/** Reads a meta page. @throws DamagedFileError if it is none */
export function readMeta(page: Buffer, number: number): MetaPage {
  const what = `meta page ${number}`;
  if (page.length < 168) throw new DamagedFileError(`${what} is cut short`);
  checkHeader(page, number, pageType.meta, Number.MAX_VALUE);
  const meta = page.subarray(PAGE_HEADER_BYTES);
  if (meta.readUInt32LE(0) !== MAGIC) throw new DamagedFileError(`${what} is not LMDB's`);
  if (meta.readUInt32LE(4) !== VERSION)
    throw new DamagedFileError(`${what} has format version ${meta.readUInt32LE(4)}, not ${VERSION}`);
  return {
    mapBytes: readUint64(meta, 16),
    free: readTree(meta, 24),
    main: readTree(meta, 24 + TREE_BYTES),
    lastPage: readUint64(meta, 120),
    transaction: readUint64(meta, 128),
  };
}

/**
 * Checks the header of a page.
 *
 * @param transaction the latest transaction that can have written it
 */
export function checkHeader(page: Buffer, number: number, type: number, transaction: number): void {
  const fail = (what: string) => {
    throw new DamagedFileError(`page ${number} ${what}`);
  };
  if (readUint64(page, 0) !== number) fail(`calls itself page ${readUint64(page, 0)}`);
  if (readUint64(page, 8) > transaction) fail('is from a transaction that never was');
  if ((page.readUInt16LE(18) & PAGE_TYPE_BITS) !== type) fail('is of another type than expected');
}

/** Calls back with each page of a list of free pages: counts below zero announce a run of that many pages. */
export function forEachFreePage(list: Buffer, callback: (page: number) => void): void {
  const count = Number(list.readBigInt64LE(0));
  if (count < 0 || (count + 1) * 8 > list.length)
    throw new DamagedFileError('a list of free pages is damaged');
  let run = 1;
  for (let index = 1; index <= count; index++) {
    const entry = Number(list.readBigInt64LE(index * 8));
    if (entry < 0) {
      run = -entry;
      if (run > 2 ** 31) throw new DamagedFileError('a list of free pages is damaged');
      continue;
    }
    if (entry > 0) for (let page = entry; page < entry + run; page++) callback(page);
    run = 1;
  }
}
