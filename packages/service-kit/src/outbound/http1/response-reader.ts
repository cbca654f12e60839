import { BadResponseError } from './bad-response-error.ts';
import { BodyCollector } from './body-collector.ts';
import { framingOf, isPersistent, keepAliveMs } from './body-framing.ts';
import { ChunkedBody } from './chunked-body.ts';
import { ResponseHead } from './response-head.ts';

/** 16 KiB, as in Node.js. */
const MAX_HEAD_BYTES = 16 * 1024;

const HEAD_END = '\r\n\r\n';

const PROTOCOL = 'HTTP/1.';

const CR = 0x0d;
const LF = 0x0a;

/** Reads one response (RFC 9112) from the bytes of a connection, in parts that may end anywhere. */
export class ResponseReader {
  readonly #body: BodyCollector;
  /** What has arrived of the head. */
  #partialHead: Buffer | undefined;
  #headBytes = 0;
  #head: ResponseHead | undefined;
  /** Of a body that is not sent in chunks; infinite for one that ends with the connection. */
  #bytesLeft = 0;
  #chunks: ChunkedBody | undefined;
  #isComplete = false;
  #hasSurplus = false;

  /** @param maxBodyBytes a larger body is refused */
  constructor(maxBodyBytes: number) {
    this.#body = new BodyCollector(maxBodyBytes);
  }

  /** The head of the complete response. */
  get head(): ResponseHead {
    if (this.#head === undefined) throw new TypeError('there is no complete response yet');
    return this.#head;
  }

  /** The body of the complete response, as UTF-8. */
  get text(): string {
    return this.#body.text;
  }

  /** Whether a further request may be sent once the response is complete. */
  get isPersistent(): boolean {
    return !this.#endsWithConnection && !this.#hasSurplus && isPersistent(this.head);
  }

  /** For how long the server keeps the connection then, in milliseconds; undefined if it does not say so. */
  get keepAliveMs(): number | undefined {
    return keepAliveMs(this.head);
  }

  /**
   * Reads further bytes, which may be overwritten afterwards.
   *
   * @returns whether the response is complete
   * @throws BadResponseError if it is none, or too large
   */
  read(bytes: Buffer): boolean {
    if (this.#head !== undefined) return this.#readBody(bytes, 0);
    const partial = this.#partialHead;
    this.#partialHead = undefined;
    const arrived = partial === undefined ? bytes : Buffer.concat([partial, bytes]);
    const bodyAt = this.#readHead(arrived, partial?.length ?? 0);
    return bodyAt !== undefined && this.#readBody(arrived, bodyAt);
  }

  /** Records that the server has closed its side. @returns whether the response is complete */
  end(): boolean {
    this.#isComplete ||= this.#endsWithConnection;
    return this.#isComplete;
  }

  get #endsWithConnection(): boolean {
    return this.#bytesLeft === Number.POSITIVE_INFINITY;
  }

  /**
   * Returns the position of the body; undefined if the head is not complete. Skips informational responses.
   *
   * @param seen how many bytes earlier calls have searched; to search them again would take quadratic time
   */
  #readHead(bytes: Buffer, seen: number): number | undefined {
    for (let at = 0; ; ) {
      const end = bytes.indexOf(HEAD_END, Math.max(at, seen - HEAD_END.length + 1), 'latin1');
      if ((end < 0 ? bytes.length : end) - at + this.#headBytes > MAX_HEAD_BYTES)
        throw new BadResponseError(`the response has a head of more than ${MAX_HEAD_BYTES} bytes`);
      if (end < 0) {
        this.#partialHead = Buffer.from(bytes.subarray(at));
        // Its end would never come.
        if (!PROTOCOL.startsWith(this.#partialHead.toString('latin1', 0, PROTOCOL.length)))
          throw new BadResponseError('the response is not HTTP/1.1');
        if (hasBareLineFeed(this.#partialHead, Math.max(0, seen - at)))
          throw new BadResponseError('the response has a line in its head that does not end with CR and LF');
        return undefined;
      }
      const head = ResponseHead.parse(bytes.toString('latin1', at, end));
      if (head === undefined) throw new BadResponseError('the response has a malformed head');
      this.#headBytes += end - at;
      at = end + HEAD_END.length;
      if (head.status >= 200) {
        this.#begin(head);
        return at;
      }
      if (head.status === 101)
        throw new BadResponseError('the response changes the protocol, which was not asked for');
    }
  }

  #begin(head: ResponseHead): void {
    const framing = framingOf(head);
    if (framing === 'chunked') this.#chunks = new ChunkedBody((part) => this.#body.add(part));
    else if (framing === 'until-close') this.#bytesLeft = Number.POSITIVE_INFINITY;
    else {
      this.#body.expect(framing);
      this.#bytesLeft = framing;
    }
    this.#head = head;
  }

  #readBody(bytes: Buffer, from: number): boolean {
    const end = this.#isComplete ? from : this.#addBody(bytes, from);
    if (end === undefined) return false;
    this.#isComplete = true;
    this.#hasSurplus ||= end < bytes.length;
    return true;
  }

  /** Returns the position after the body; undefined if it is not complete. */
  #addBody(bytes: Buffer, from: number): number | undefined {
    if (this.#chunks !== undefined) return this.#chunks.read(bytes, from);
    const end = from + this.#bytesLeft;
    const isLast = end <= bytes.length;
    this.#body.add(bytes.subarray(from, isLast ? end : bytes.length), isLast);
    this.#bytesLeft = end - bytes.length;
    return isLast ? end : undefined;
  }
}

function hasBareLineFeed(bytes: Buffer, from: number): boolean {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1))
    if (bytes[at - 1] !== CR) return true;
  return false;
}
