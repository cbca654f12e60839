import { DamagedFileError, type MetaPage, NO_PAGE, readMeta } from './lmdb-file-format.ts';

const META_BYTES = 512;

/** Reads both meta pages of a data file, and returns the one of the last transaction. */
export function readLatestMeta(read: (buffer: Buffer, position: number) => Buffer): MetaPage {
  const first = readMeta(read(Buffer.alloc(META_BYTES), 0), 0);
  const { pageSize } = first.free;
  if (![4_096, 8_192, 16_384, 32_768, 65_536].includes(pageSize))
    throw new DamagedFileError(`the page size is ${pageSize}`);
  const second = readMeta(read(Buffer.alloc(META_BYTES), pageSize), 1);
  const meta = latest(first, second);
  if ((meta.lastPage + 1) * pageSize > meta.mapBytes || meta.mapBytes > 2 ** 47)
    throw new DamagedFileError('the last page lies outside the map');
  return meta;
}

/** Transaction N writes meta page N % 2. */
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
