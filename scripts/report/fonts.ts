import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';

/** The sans-serif of headings and figures. Typst brings the others: Libertinus Serif and DejaVu Sans Mono. */
const faces = ['Regular', 'RegularItalic', 'Medium', 'Bold'];

/** Reads the fonts of the reports from their npm package, so that every machine sets the same pages. */
export function readFonts(): Promise<Buffer[]> {
  return Promise.all(
    faces.map(async (face) => {
      const path = import.meta.resolve(`roboto-fontface/fonts/roboto/Roboto-${face}.woff`);
      return unpackWoff(await readFile(fileURLToPath(path)));
    }),
  );
}

const HEADER_BYTES = 44;
const ENTRY_BYTES = 20;

/**
 * Unpacks a WOFF 1.0 font to OpenType, which Typst reads.
 *
 * W3C, "WOFF File Format 1.0", 2012: a header, a directory of tables, and tables that are compressed with zlib each.
 *
 * @throws Error when it is none
 */
export function unpackWoff(woff: Buffer): Buffer {
  if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error('not a WOFF 1.0 font');
  const count = woff.readUInt16BE(12);
  const directory = Buffer.alloc(12 + 16 * count);
  woff.copy(directory, 0, 4, 8);
  directory.writeUInt16BE(count, 4);
  // What follows speeds up a binary search; readers that search linearly ignore it.
  const selector = Math.floor(Math.log2(count));
  directory.writeUInt16BE(16 * 2 ** selector, 6);
  directory.writeUInt16BE(selector, 8);
  directory.writeUInt16BE(16 * (count - 2 ** selector), 10);
  const parts: Buffer[] = [directory];
  let offset = directory.length;
  for (let index = 0; index < count; index++) {
    const entry = woff.subarray(HEADER_BYTES + ENTRY_BYTES * index);
    const [from, packed, length] = [entry.readUInt32BE(4), entry.readUInt32BE(8), entry.readUInt32BE(12)];
    const stored = woff.subarray(from, from + packed);
    const table = packed < length ? inflateSync(stored, { maxOutputLength: length }) : stored;
    const at = 12 + 16 * index;
    entry.copy(directory, at, 0, 4);
    entry.copy(directory, at + 4, 16, 20);
    directory.writeUInt32BE(offset, at + 8);
    directory.writeUInt32BE(length, at + 12);
    // Tables start at multiples of four bytes.
    parts.push(table, Buffer.alloc(-length & 3));
    offset += length + (-length & 3);
  }
  return Buffer.concat(parts);
}
