import { BadResponseError } from './bad-response-error.ts';

/** 4 KiB: most bodies that do not arrive as a whole are larger. */
const FIRST_BYTES = 4 * 1024;

/** Collects the bytes of a body, in at most twice the memory, whatever the size of the parts that they arrive in. */
export class BodyCollector {
  readonly #maxBytes: number;
  #bytes: Buffer | undefined;
  #length = 0;
  #text: string | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The body as UTF-8. */
  get text(): string {
    return this.#text ?? this.#bytes?.toString('utf8', 0, this.#length) ?? '';
  }

  /** @throws BadResponseError if a body of this length is larger than it may be */
  expect(length: number): void {
    if (length > this.#maxBytes)
      throw new BadResponseError(`the response has more than ${this.#maxBytes} bytes`);
  }

  /**
   * Adds a part, which may be overwritten afterwards.
   *
   * @param isLast whether it is the last one; a body that arrives as a whole needs no copy
   * @throws BadResponseError if the body is larger than it may be
   */
  add(part: Buffer, isLast = false): void {
    this.expect(this.#length + part.length);
    if (isLast && this.#bytes === undefined) this.#text = part.toString('utf8');
    else this.#copy(part);
  }

  #copy(part: Buffer): void {
    const length = this.#length + part.length;
    if (this.#bytes === undefined || length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(FIRST_BYTES, 2 * (this.#bytes?.length ?? 0), length));
      this.#bytes?.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    part.copy(this.#bytes, this.#length);
    this.#length = length;
  }
}
