import { crc32 } from 'node:zlib';

/** The first byte of a record with a checksum. No JSON text starts with it, so that older records stay readable. */
const MARK = 0xc1;

/** The mark and a CRC-32, which detects every error burst of up to 32 bits. */
const HEADER_BYTES = 5;

/** Puts a checksum over a record's key and its JSON text in front of the text. */
export function withChecksum(key: Uint8Array, json: string): Buffer {
  const record = Buffer.allocUnsafe(HEADER_BYTES + Buffer.byteLength(json));
  record[0] = MARK;
  record.write(json, HEADER_BYTES);
  // Over the text, which is encoded in the same way: a view of the record takes longer.
  record.writeUInt32LE(crc32(json, crc32(key)), 1);
  return record;
}

/** Reports whether a record is as it was written: it matches its checksum or, from an earlier version, is JSON. */
export function isIntact(key: Uint8Array, record: Buffer): boolean {
  if (record[0] !== MARK) return isJson(record.toString());
  return (
    record.length >= HEADER_BYTES &&
    record.readUInt32LE(1) === crc32(record.subarray(HEADER_BYTES), crc32(key))
  );
}

/** Returns the JSON text of a record, with or without a checksum. */
export function jsonOf(record: Buffer): string {
  return record.toString('utf8', record[0] === MARK ? HEADER_BYTES : 0);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
