import { DamagedFileError } from '@gridclock/durable-tables/lmdb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyJournal,
  encodeRecord,
  parseJournal,
  SECTOR_BYTES,
} from '../../../src/storage/journal/journal-format.ts';
import { write } from '../../support/sample-write.ts';

const id = '0123456789abcdef';
const FILE_BYTES = 16 * 1024;

/** Records of one to four sectors. */
const written = [1, 2, 3, 4, 5].map((counter) => [write('node1', counter, 'x', 'v'.repeat(counter * 330))]);
const records = written.map((writes, index) => encodeRecord(id, index + 1, JSON.stringify(writes)));
const ends = records.map((_, index) => SECTOR_BYTES + length(records.slice(0, index + 1)));
const end = ends.at(-1) ?? 0;
const lastStart = ends.at(-2) ?? 0;

function length(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** The zero bytes at the end of a record. */
function paddingOf(index: number): number {
  const record = records[index] ?? Buffer.alloc(0);
  return record.length - record.lastIndexOf(']') - 1;
}

/** A file with all records, of which `change` may alter the bytes. */
function journal(change: (bytes: Buffer) => void = () => {}): Buffer {
  const bytes = emptyJournal({ id, number: 7 }, FILE_BYTES);
  Buffer.concat(records).copy(bytes, SECTOR_BYTES);
  change(bytes);
  return bytes;
}

const sequences = (bytes: Buffer) => parseJournal(bytes)?.records.map(({ sequence }) => sequence);

describe('a journal file', () => {
  it('returns what was written', () => {
    expect(parseJournal(journal())).toEqual({
      id,
      number: 7,
      torn: false,
      records: written.map((writes, index) => ({ sequence: index + 1, writes })),
    });
    expect(parseJournal(emptyJournal({ id, number: 1 }))?.records).toEqual([]);
  });

  it('has all complete records after a crash at any byte', () => {
    for (let cut = SECTOR_BYTES; cut < end; cut++) {
      const complete = ends.filter((position, index) => position - paddingOf(index) <= cut).length;
      expect(sequences(journal((bytes) => bytes.fill(0, cut)))).toEqual([1, 2, 3, 4, 5].slice(0, complete));
    }
  });

  it('ignores a last record of which only some sectors were written', () => {
    const sectors = (end - lastStart) / SECTOR_BYTES;
    expect(sectors).toBeGreaterThan(2);
    for (let mask = 0; mask < 2 ** sectors - 1; mask++) {
      const bytes = journal((whole) => {
        for (let sector = 0; sector < sectors; sector++) {
          const from = lastStart + sector * SECTOR_BYTES;
          if ((mask & (1 << sector)) === 0) whole.fill(0, from, from + SECTOR_BYTES);
        }
      });
      expect(sequences(bytes)).toEqual([1, 2, 3, 4]);
      expect(parseJournal(bytes)?.torn).toBe(mask !== 0);
    }
  });

  it('never returns other writes after a changed bit, and finds a lost record', () => {
    fc.assert(
      fc.property(fc.nat(end - 1), fc.nat(7), (position, bit) => {
        const bytes = journal((whole) => {
          whole[position] = (whole[position] ?? 0) ^ (1 << bit);
        });
        let found: number[] | undefined;
        try {
          found = sequences(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DamagedFileError);
          return;
        }
        // A bit of the padding, which nobody reads.
        expect(found).toEqual([1, 2, 3, 4, 5]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('finds damage before the last record: noise, and sectors of zeros', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: lastStart / SECTOR_BYTES - 1 }),
        fc.boolean(),
        (sector, zeros) => {
          const from = sector * SECTOR_BYTES;
          const bytes = journal((whole) => whole.fill(zeros ? 0 : 0xa5, from, from + SECTOR_BYTES));
          expect(() => parseJournal(bytes)).toThrow(/^the record at byte \d+ does not match its checksum$/);
        },
      ),
    );
  });

  it('finds a record of another journal', () => {
    const other = encodeRecord('fedcba9876543210', 6, JSON.stringify(written[0]));
    expect(() => parseJournal(journal((bytes) => other.copy(bytes, end)))).toThrow(DamagedFileError);
  });

  it('is not there before it was completed, and damaged if it is cut short', () => {
    expect(parseJournal(Buffer.alloc(0))).toBeUndefined();
    expect(parseJournal(Buffer.alloc(FILE_BYTES))).toBeUndefined();
    expect(() => parseJournal(journal().subarray(0, end))).toThrow(`it has ${end} bytes instead of`);
    expect(() => parseJournal(journal((bytes) => bytes.write('x', 5)))).toThrow('header');
  });
});
