import { readFile } from 'node:fs/promises';
import { DamagedDataError, DamagedFileError } from '@gridclock/durable-tables/lmdb';
import { journalNumbers, journalPath } from './journal-file.ts';
import { type JournalRecord, type ParsedJournal, parseJournal } from './journal-format.ts';

/** How often to read a file that looks damaged: it may just be written. */
const ATTEMPTS = 3;

/** A record, and the journal that it belongs to. */
export type FoundRecord = JournalRecord & { id: string };

/** Reads all records of a directory's journal, also while a node writes it. @throws DamagedDataError */
export async function readRecords(directory: string): Promise<FoundRecord[]> {
  const records: FoundRecord[] = [];
  for (const number of await journalNumbers(directory)) {
    const parsed = await readJournal(journalPath(directory, number));
    if (parsed !== undefined) records.push(...parsed.records.map((record) => ({ ...record, id: parsed.id })));
  }
  return records;
}

async function readJournal(path: string, attempt = 1): Promise<ParsedJournal | undefined> {
  try {
    return parseJournal(await readFile(path));
  } catch (error) {
    // Removed meanwhile, because the database has all of it.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    if (!(error instanceof DamagedFileError)) throw error;
    if (attempt === ATTEMPTS) throw new DamagedDataError(path, error.message);
    return readJournal(path, attempt + 1);
  }
}
