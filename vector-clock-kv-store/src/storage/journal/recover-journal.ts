import { readFile } from 'node:fs/promises';
import { DamagedDataError, DamagedFileError } from '@gridclock/durable-tables/lmdb';
import type { VectorClock } from '../../causality/vector-clock.ts';
import { dotOf } from '../../causality/write.ts';
import type { JournalPosition } from './journal.ts';
import { confirmJournal, journalNumbers, journalPath } from './journal-file.ts';
import { type JournalRecord, type ParsedJournal, parseJournal } from './journal-format.ts';

/** What a journal has that the database lacks, and its files. */
export type RecoveredJournal = {
  records: JournalRecord[];
  segments: { number: number; lastSequence: number }[];
};

/**
 * Reads the records of a journal that the database lacks, and makes sure that they are on disk.
 *
 * @param clock the database's
 * @returns undefined if the journal is not there, as beside a database file that was copied alone
 * @throws DamagedDataError if a file is damaged, lacks records that were acknowledged, or does not continue the database
 */
export async function recoverJournal(
  directory: string,
  { applied, id, number: first }: JournalPosition,
  clock: VectorClock,
): Promise<RecoveredJournal | undefined> {
  const recovered: RecoveredJournal = { records: [], segments: [] };
  let last: number | undefined;
  let endedTorn = false;
  let previous = first - 1;
  /** Only the last record can be in doubt. */
  let confirm = async () => {};
  for (const number of await journalNumbers(directory)) {
    if (number < first) continue;
    const path = journalPath(directory, number);
    const bytes = await readFile(path);
    const parsed = parse(path, bytes);
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
    if (records.length > 0) confirm = () => confirmJournal(path, bytes);
  }
  if (recovered.segments.length === 0) return undefined;
  if (last !== undefined && last < applied)
    throw new DamagedDataError(
      journalPath(directory, previous),
      `its records end at ${last}, but the data file has ${applied}`,
    );
  checkContinues(directory, recovered, clock);
  if (recovered.records.length > 0) await confirm();
  return recovered;
}

/** Throws if the records are not the next writes, as after a release that ignores journals has written to the data file. */
function checkContinues(
  directory: string,
  { records, segments }: RecoveredJournal,
  clock: VectorClock,
): void {
  const counted = new Map(Object.entries(clock));
  for (const { sequence, writes } of records)
    for (const { node, counter } of writes.map(dotOf)) {
      const last = counted.get(node) ?? 0;
      if (counter !== last + 1) {
        const { number } = segments.find(({ lastSequence }) => lastSequence >= sequence) ?? { number: 1 };
        throw new DamagedDataError(
          journalPath(directory, number),
          `it has write ${counter} of ${node}, but the data file ends at ${last}`,
        );
      }
      counted.set(node, counter);
    }
}

function parse(path: string, bytes: Buffer): ParsedJournal | undefined {
  try {
    return parseJournal(bytes);
  } catch (error) {
    throw error instanceof DamagedFileError ? new DamagedDataError(path, error.message) : error;
  }
}
