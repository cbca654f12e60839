import type { LmdbMeta, Meta } from './lmdb-meta.ts';
import type { LmdbTransactions } from './lmdb-transactions.ts';

/**
 * 3: records of the log may hold several writes, and the key space may lack the last ones. 2: a journal may belong to the
 * data. 1: data of earlier releases, and of this one after a clean stop.
 */
const DISK_FORMAT = 3;

/**
 * Stands behind the name of the owner while the format is not 1. Releases that know no formats compare the whole text: they
 * refuse the data with this sentence instead of going on without the latest writes.
 */
const MARK =
  ', with a journal that this release cannot read (start the release that wrote it, and stop it with SIGTERM)';

/** What of the data earlier releases cannot read. */
type NewerParts = { journal: boolean; blocks: boolean; deferredKeys: boolean };

/**
 * Returns the marks that keep earlier releases from using what they would misread. Call it inside a transaction.
 *
 * @param change what the data has, or does not have any more, with this transaction
 */
export function diskMarks(
  owner: string,
  meta: LmdbMeta,
  change: Partial<NewerParts>,
): Pick<Meta, 'owner' | 'format' | 'blocks'> {
  const {
    journal = (meta.get('journal') ?? null) !== null,
    blocks = hasBlocks(meta),
    deferredKeys = hasDeferredKeys(meta),
  } = change;
  const format = blocks || deferredKeys ? DISK_FORMAT : journal ? 2 : 1;
  return { owner: format === 1 ? owner : `${owner}${MARK}`, format, blocks };
}

/** Reports whether records of the log may hold several writes. */
export function hasBlocks(meta: LmdbMeta): boolean {
  return meta.get('blocks') ?? meta.get('format') === DISK_FORMAT;
}

/** Reports whether the key space may lack writes that the log has. */
function hasDeferredKeys(meta: LmdbMeta): boolean {
  return (meta.get('keysUpTo') ?? null) !== null;
}

/** Returns the configured name of the node that data belongs to. */
export function ownerIn(meta: LmdbMeta): string | undefined {
  return meta.get('owner')?.replace(MARK, '');
}

/**
 * Records which node the data of a directory belongs to.
 *
 * @throws Error if it belongs to another one, or if a later release has written it
 */
export async function claimDirectory(
  owner: string,
  meta: LmdbMeta,
  transactions: LmdbTransactions,
): Promise<void> {
  const format = meta.get('format') ?? 1;
  if (format > DISK_FORMAT)
    throw new Error(
      `it has disk format ${format}, and this release reads up to ${DISK_FORMAT}: start the release that wrote it, or a later one`,
    );
  const holder = ownerIn(meta);
  if (holder === undefined) await transactions.apply(() => meta.put({ owner }));
  else if (holder !== owner) throw new Error(`it holds the data of ${holder}, not of ${owner}`);
}
