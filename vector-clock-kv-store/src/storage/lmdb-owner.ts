import type { LmdbMeta } from './lmdb-meta.ts';
import type { LmdbTransactions } from './lmdb-transactions.ts';

/** Records which node the data of a directory belongs to. @throws Error if it belongs to another one */
export async function claimDirectory(
  owner: string,
  meta: LmdbMeta,
  transactions: LmdbTransactions,
): Promise<void> {
  const holder = meta.get('owner');
  if (holder === undefined) await transactions.apply(() => meta.put({ owner }));
  else if (holder !== owner) throw new Error(`it holds the data of ${holder}, not of ${owner}`);
}
