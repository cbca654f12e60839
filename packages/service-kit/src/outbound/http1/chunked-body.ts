import { BadResponseError } from './bad-response-error.ts';
import { headerLine, VALUE } from './header-syntax.ts';

/** 4 KiB: chunk sizes have a few digits, and trailers that nobody reads are short. */
const MAX_LINE_BYTES = 4 * 1024;

/** A size, and extensions that nobody reads. At most 8 digits: 4 GiB. */
const sizeLine = new RegExp(`^([0-9a-f]{1,8})(?:;${VALUE})?$`, 'i');

const LF = 0x0a;

/** Reads a body that is sent in chunks (RFC 9112, section 7.1), in parts that may end anywhere. */
export class ChunkedBody {
  readonly #onData: (part: Buffer) => void;
  /** What is read next: a line with a size, the data of a chunk, the end of its line, or a line of the trailer. */
  #next: 'size' | 'data' | 'data-end' | 'trailer' = 'size';
  #line = '';
  #trailerBytes = 0;
  /** Of the chunk. */
  #bytesLeft = 0;

  /** @param onData called with each part of the body; it may be overwritten afterwards */
  constructor(onData: (part: Buffer) => void) {
    this.#onData = onData;
  }

  /**
   * Reads further bytes.
   *
   * @returns the position after the body; undefined if it is not complete
   * @throws BadResponseError
   */
  read(bytes: Buffer, from: number): number | undefined {
    let at = from;
    while (at < bytes.length) {
      if (this.#next === 'data') {
        const end = Math.min(bytes.length, at + this.#bytesLeft);
        this.#onData(bytes.subarray(at, end));
        this.#bytesLeft -= end - at;
        if (this.#bytesLeft === 0) this.#next = 'data-end';
        at = end;
        continue;
      }
      const end = bytes.indexOf(LF, at);
      this.#line += bytes.toString('latin1', at, end < 0 ? bytes.length : end);
      if (this.#line.length > MAX_LINE_BYTES)
        throw new BadResponseError('the response has a line between chunks that is too long');
      if (end < 0) return undefined;
      at = end + 1;
      if (this.#endLine()) return at;
    }
    return undefined;
  }

  /** Returns whether the body ends with the line. */
  #endLine(): boolean {
    if (!this.#line.endsWith('\r'))
      throw new BadResponseError('the response has a line between chunks that does not end with CR and LF');
    const line = this.#line.slice(0, -1);
    this.#line = '';
    if (this.#next === 'trailer') {
      if (line === '') return true;
      this.#trailerBytes += line.length;
      if (this.#trailerBytes > MAX_LINE_BYTES)
        throw new BadResponseError('the response has a trailer that is too long');
      // Nobody reads a trailer, but a line without a name is the beginning of something else.
      if (!headerLine.test(line))
        throw new BadResponseError('the response has a line in its trailer that is no header');
      return false;
    }
    if (this.#next === 'data-end') {
      if (line !== '') throw new BadResponseError('the response has a chunk that is longer than its size');
      this.#next = 'size';
      return false;
    }
    const [, size] = sizeLine.exec(line) ?? [];
    if (size === undefined) throw new BadResponseError('the response has a chunk without a size');
    this.#bytesLeft = Number.parseInt(size, 16);
    this.#next = this.#bytesLeft === 0 ? 'trailer' : 'data';
    return false;
  }
}
