import type { LmdbMeta, Meta } from './lmdb-meta.ts';
import type { LmdbTransactions } from './lmdb-transactions.ts';

/** 2: a journal may belong to the data. 1: data of earlier releases, and of this one after a clean stop. */
const DISK_FORMAT = 2;

/**
 * Stands behind the name of the owner while there is a journal. Releases that know no journals compare the whole text: they
 * refuse the data with this sentence instead of going on without the latest writes.
 */
const WITH_JOURNAL =
  ', with a journal that this release cannot read (start the release that wrote it, and stop it with SIGTERM)';

/** Returns what to store of a journal: its position, and the marks that keep earlier releases from ignoring it. */
export function journalRecord(
  owner: string,
  journal: Meta['journal'],
): Pick<Meta, 'journal' | 'owner' | 'format'> {
  return journal === null
    ? { journal, owner, format: 1 }
    : { journal, owner: `${owner}${WITH_JOURNAL}`, format: DISK_FORMAT };
}

/** Returns the configured name of the node that data belongs to. */
export function ownerIn(meta: LmdbMeta): string | undefined {
  return meta.get('owner')?.replace(WITH_JOURNAL, '');
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
