import { HEADER, VALUE } from './header-syntax.ts';

/**
 * A status line and the lines of headers (RFC 9112, sections 4 and 5). Stricter than the RFC asks of a client: lines end
 * with CR and LF, none is folded, and no name or value has a control character.
 */
const wellFormed = new RegExp(`^HTTP/1\\.[01] [1-9]\\d\\d(?: ${VALUE})?(?:\\r\\n${HEADER})*$`);

const TAB = 0x09;
const SPACE = 0x20;

const STATUS_AT = 'HTTP/1.1 '.length;

/** The head of a response. A header is looked for when it is asked for: most never are. */
export class ResponseHead {
  readonly status: number;
  readonly #text: string;
  /** Where each line begins, its colon, and its end, in turn. */
  readonly #lines: number[] = [];

  private constructor(text: string) {
    this.status = Number(text.slice(STATUS_AT, STATUS_AT + 3));
    this.#text = text;
    let end = text.indexOf('\r\n');
    while (end >= 0) {
      const start = end + 2;
      end = text.indexOf('\r\n', start);
      this.#lines.push(start, text.indexOf(':', start), end < 0 ? text.length : end);
    }
  }

  /** Parses a head, without the empty line at its end; undefined if it is none. @param text as latin1 */
  static parse(text: string): ResponseHead | undefined {
    return wellFormed.test(text) ? new ResponseHead(text) : undefined;
  }

  /** Whether the server speaks HTTP/1.0, which knows no chunks. */
  get isHttp10(): boolean {
    return this.#text.charCodeAt(STATUS_AT - 2) === 0x30;
  }

  /** Returns a header, by its name in lower case. Sent more than once, its values are a list. */
  header(name: string): string | undefined {
    const [lines, text] = [this.#lines, this.#text];
    let found: string | undefined;
    for (let line = 0; line < lines.length; line += 3) {
      const [start = 0, colon = 0, end = 0] = [lines[line], lines[line + 1], lines[line + 2]];
      // Most names differ in length.
      if (colon - start !== name.length || text.slice(start, colon).toLowerCase() !== name) continue;
      const value = valueIn(text, colon + 1, end);
      found = found === undefined ? value : `${found}, ${value}`;
    }
    return found;
  }
}

/** Strips spaces and tabs only: `trim` would also make `chunked` of what other readers take for an unknown coding. */
function valueIn(text: string, from: number, to: number): string {
  let [start, end] = [from, to];
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (start < end && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
