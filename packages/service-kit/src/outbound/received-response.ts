import type { ResponseHead } from './http1/response-head.ts';
import type { UsedConnection } from './no-response-error.ts';

/** A response, whatever its status. */
export type ServiceResponse = {
  readonly status: number;
  readonly text: string;
  /** The body if it is JSON, otherwise its text. */
  readonly data: unknown;
  readonly connection: UsedConnection | undefined;
  /** Returns a header, by its name in lower case. Sent more than once, it is a list. */
  header: (name: string) => string | undefined;
};

export class ReceivedResponse implements ServiceResponse {
  readonly status: number;
  readonly text: string;
  readonly data: unknown;
  readonly connection: UsedConnection | undefined;
  readonly #head: Pick<ResponseHead, 'status' | 'header'>;

  constructor(
    head: Pick<ResponseHead, 'status' | 'header'>,
    text: string,
    connection: UsedConnection | undefined,
  ) {
    this.status = head.status;
    this.#head = head;
    this.text = text;
    this.data = parse(text);
    this.connection = connection;
  }

  header(name: string): string | undefined {
    return this.#head.header(name);
  }
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
