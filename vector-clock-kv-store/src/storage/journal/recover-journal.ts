import { readFile } from 'node:fs/promises';
import { DamagedDataError, DamagedFileError } from '@gridclock/durable-tables/lmdb';
import type { JournalPosition } from './journal.ts';
import { journalNumbers, journalPath } from './journal-file.ts';
import { type JournalRecord, type ParsedJournal, parseJournal } from './journal-format.ts';

/** What a journal has that the database lacks, and its files. */
export type RecoveredJournal = {
  records: JournalRecord[];
  segments: { number: number; lastSequence: number }[];
};

/**
 * Reads the records of a journal that the database lacks.
 *
 * @returns undefined if the journal is not there, as beside a database file that was copied alone
 * @throws DamagedDataError if a file is damaged, or lacks records that were acknowledged
 */
export async function recoverJournal(
  directory: string,
  { applied, id, number: first }: JournalPosition,
): Promise<RecoveredJournal | undefined> {
  const recovered: RecoveredJournal = { records: [], segments: [] };
  let last: number | undefined;
  let endedTorn = false;
  let previous = first - 1;
  for (const number of await journalNumbers(directory)) {
    if (number < first) continue;
    const path = journalPath(directory, number);
    const parsed = await readJournal(path);
    if (parsed === undefined || parsed.id !== id) continue;
    const fail = (what: string) => new DamagedDataError(path, what);
    if (parsed.number !== number) throw fail(`it calls itself journal ${parsed.number}`);
    const { records } = parsed;
    if (number !== previous + 1) {
      // Created ahead of its use, beside a first one that was taken away.
      if (records.length === 0 && recovered.segments.length === 0) continue;
      throw fail(`journal-${previous + 1}, which belongs before it, is missing`);
    }
    const [start] = records;
    if (start !== undefined && (endedTorn || start.sequence !== (last ?? start.sequence - 1) + 1))
      throw fail('records before its first one are missing');
    if (start !== undefined && last === undefined && start.sequence > applied + 1)
      throw fail(`its records begin at ${start.sequence}, but the data file ends at ${applied}`);
    recovered.records.push(...records.filter(({ sequence }) => sequence > applied));
    last = records.at(-1)?.sequence ?? last;
    endedTorn = parsed.torn;
    previous = number;
    recovered.segments.push({ number, lastSequence: last ?? applied });
  }
  if (recovered.segments.length === 0) return undefined;
  if (last !== undefined && last < applied)
    throw new DamagedDataError(
      journalPath(directory, previous),
      `its records end at ${last}, but the data file has ${applied}`,
    );
  return recovered;
}

async function readJournal(path: string): Promise<ParsedJournal | undefined> {
  try {
    return parseJournal(await readFile(path));
  } catch (error) {
    throw error instanceof DamagedFileError ? new DamagedDataError(path, error.message) : error;
  }
}
