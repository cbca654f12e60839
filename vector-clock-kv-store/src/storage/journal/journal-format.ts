import { crc32 } from 'node:zlib';
import { DamagedFileError } from '@gridclock/durable-tables/lmdb';
import type { Write } from '../../causality/write.ts';

/**
 * The layout of a journal file, little-endian. It has a fixed size and is all zeros where nothing was written. Header and
 * records begin at sectors, which a disk writes entirely or not at all. A record has a header and a JSON list of writes.
 */
export const SECTOR_BYTES = 512;

/** 2 MiB: some seconds of heavy load, created within milliseconds. */
const JOURNAL_BYTES = 2 * 1024 * 1024;

const FILE_MAGIC = 0x4c4a4347;
const RECORD_MAGIC = 0x524a4347;
const FILE_HEADER_BYTES = 28;
const RECORD_HEADER_BYTES = 24;
const EMPTY_SECTOR = Buffer.alloc(SECTOR_BYTES);

/** Which journal a file belongs to, and its number in it, from 1. */
export type JournalHeader = { id: string; number: number };

/** The writes of one commit. Sequence numbers count the commits of a journal from 1. */
export type JournalRecord = { sequence: number; writes: Write[] };

export type ParsedJournal = JournalHeader & {
  records: JournalRecord[];
  /** Whether a last record was begun but not completed, so that it was not acknowledged either. */
  torn: boolean;
};

/** Returns a new file without records. @param header `id` has 16 hexadecimal digits */
export function emptyJournal({ id, number }: JournalHeader, size = JOURNAL_BYTES): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32LE(FILE_MAGIC, 0);
  bytes.write(id, 4, 'hex');
  bytes.writeDoubleLE(number, 12);
  bytes.writeUInt32LE(size, 20);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 24)), 24);
  return bytes;
}

/** Returns a record as it is appended. @param json the list of its writes */
export function encodeRecord(id: string, sequence: number, json: string): Buffer {
  const length = Buffer.byteLength(json);
  const bytes = Buffer.alloc(wholeSectors(RECORD_HEADER_BYTES + length));
  bytes.write(json, RECORD_HEADER_BYTES);
  bytes.writeUInt32LE(RECORD_MAGIC, 0);
  bytes.writeDoubleLE(sequence, 4);
  bytes.writeUInt32LE(length, 12);
  bytes.writeUInt32LE(crc32(bytes.subarray(RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + length)), 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 20), crc32(id)), 20);
  return bytes;
}

/**
 * Reads a journal file.
 *
 * One record is written at a time, and acknowledged once it is on disk. A record that lacks a sector or its end, with no
 * other behind it, was therefore being written at a crash. Any other mismatch is damage.
 *
 * @returns undefined if the file was never completed
 * @throws DamagedFileError
 */
export function parseJournal(bytes: Buffer): ParsedJournal | undefined {
  const header = readFileHeader(bytes);
  if (header === undefined) return undefined;
  const { id } = header;
  const records: JournalRecord[] = [];
  let position = SECTOR_BYTES;
  let torn = false;
  while (position < bytes.length) {
    const found = readRecordHeader(bytes, position, id);
    if (found === undefined) {
      // A payload never begins with a zero byte: nothing, or less than the header was written.
      if (bytes[position + RECORD_HEADER_BYTES] !== 0) throw damagedAt(position);
      torn = !isEmpty(bytes, position);
      break;
    }
    const { length, sequence } = found;
    const last = records.at(-1)?.sequence;
    if (last !== undefined && sequence !== last + 1) throw damagedAt(position);
    const end = position + RECORD_HEADER_BYTES + length;
    if (end > bytes.length) throw damagedAt(position);
    const payload = bytes.subarray(position + RECORD_HEADER_BYTES, end);
    if (crc32(payload) !== found.checksum) {
      if (!isIncomplete(bytes, position, end)) throw damagedAt(position);
      torn = true;
      break;
    }
    // Safe: only `encodeRecord` writes records, and the checksum says that this is one of them.
    records.push({ sequence, writes: JSON.parse(payload.toString()) as Write[] });
    position = wholeSectors(end);
  }
  for (let behind = position + SECTOR_BYTES; behind < bytes.length; behind += SECTOR_BYTES) {
    if (readRecordHeader(bytes, behind, id) !== undefined) throw damagedAt(position);
    torn ||= !isEmpty(bytes, behind);
  }
  return { ...header, records, torn };
}

function readFileHeader(bytes: Buffer): JournalHeader | undefined {
  if (bytes.length < SECTOR_BYTES || isEmpty(bytes, 0)) return undefined;
  const isWhole =
    bytes.readUInt32LE(0) === FILE_MAGIC &&
    bytes.readUInt32LE(24) === crc32(bytes.subarray(0, 24)) &&
    FILE_HEADER_BYTES <= bytes.length;
  if (!isWhole) throw new DamagedFileError('its header does not match its checksum');
  if (bytes.readUInt32LE(20) !== bytes.length)
    throw new DamagedFileError(`it has ${bytes.length} bytes instead of ${bytes.readUInt32LE(20)}`);
  return { id: bytes.toString('hex', 4, 12), number: bytes.readDoubleLE(12) };
}

function readRecordHeader(bytes: Buffer, position: number, id: string) {
  if (bytes.readUInt32LE(position) !== RECORD_MAGIC) return undefined;
  if (bytes.readUInt32LE(position + 20) !== crc32(bytes.subarray(position, position + 20), crc32(id)))
    return undefined;
  return {
    sequence: bytes.readDoubleLE(position + 4),
    length: bytes.readUInt32LE(position + 12),
    checksum: bytes.readUInt32LE(position + 16),
  };
}

/** Reports whether a sector or the end of a record was not written: JSON has no zero bytes. */
function isIncomplete(bytes: Buffer, from: number, to: number): boolean {
  if (bytes[to - 1] === 0) return true;
  for (let position = from; position < to; position += SECTOR_BYTES)
    if (isEmpty(bytes, position)) return true;
  return false;
}

function isEmpty(bytes: Buffer, position: number): boolean {
  return bytes.compare(EMPTY_SECTOR, 0, SECTOR_BYTES, position, position + SECTOR_BYTES) === 0;
}

function wholeSectors(bytes: number): number {
  return Math.ceil(bytes / SECTOR_BYTES) * SECTOR_BYTES;
}

function damagedAt(position: number): DamagedFileError {
  return new DamagedFileError(`the record at byte ${position} does not match its checksum`);
}
