import type { IncomingHttpHeaders } from 'node:http';
import { util } from 'undici';
import type { UsedConnection } from './no-response-error.ts';

/** A response, whatever its status. */
export type ServiceResponse = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body if it is JSON, otherwise its text. */
  readonly data: unknown;
  readonly connection: UsedConnection | undefined;
  /** Returns one header, by its name in lower case, without parsing the others. Sent more than once, it is a list. */
  header: (name: string) => string | undefined;
};

/** A response with its headers as undici receives them: names and values in turn. Most are never looked at. */
export class ReceivedResponse implements ServiceResponse {
  readonly status: number;
  readonly text: string;
  readonly data: unknown;
  readonly connection: UsedConnection | undefined;
  readonly #rawHeaders: readonly Buffer[];

  constructor(
    status: number,
    rawHeaders: readonly Buffer[],
    text: string,
    connection: UsedConnection | undefined,
  ) {
    this.status = status;
    this.#rawHeaders = rawHeaders;
    this.text = text;
    this.data = parse(text);
    this.connection = connection;
  }

  get headers(): IncomingHttpHeaders {
    return util.parseHeaders([...this.#rawHeaders]);
  }

  header(name: string): string | undefined {
    return headerOf(this.#rawHeaders, name);
  }
}

/** Returns a header of a response, by its name in lower case. Sent more than once, it is a list. */
export function headerOf(rawHeaders: readonly Buffer[], name: string): string | undefined {
  let found: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const other = rawHeaders[at];
    // Most names differ in length.
    if (other?.length !== name.length || other.toString('latin1').toLowerCase() !== name) continue;
    const value = rawHeaders[at + 1]?.toString('latin1') ?? '';
    found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
}

function parse(text: string): unknown {
  if (text === '') return text;
  try {
    // JSON.parse does not know the byte order mark, which some frameworks send.
    return JSON.parse(text.startsWith('\u{feff}') ? text.slice(1) : text);
  } catch {
    return text;
  }
}
