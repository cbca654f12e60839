import { headerName, headerValue } from './header-syntax.ts';

/** A request as it is sent. */
export type OutgoingRequest = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With the query. */
  path: string;
  /** Others than Host, Connection and those of the body's length. */
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
};

/** A path or header has a character that must not be sent: it could end the line, and begin another request. */
export class UnsendableError extends TypeError {
  override readonly name = 'UnsendableError';
  /** As in Node.js. */
  readonly code = 'ERR_INVALID_CHAR';
}

/** 16 KiB: Node.js encodes a shorter text on its stack; of a longer one, it would keep a copy beside the text. */
const MAX_TEXT_LENGTH = 16 * 1024;

const sendablePath = /^\/[!-~]*$/;
const ascii = /^[\t\x20-\x7e]*$/;

/**
 * Formats a request (RFC 9112, sections 3 and 6), as one text: a socket writes a text with less effort than several. A
 * large one is bytes, which a socket writes without a copy.
 *
 * @param host with the port, unless that is the scheme's default
 * @throws UnsendableError
 */
export function formatRequest(
  { body, headers, method, path }: OutgoingRequest,
  host: string,
): string | Buffer {
  if (!sendablePath.test(path)) throw new UnsendableError(`the path ${path} cannot be sent`);
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  let isAscii = true;
  for (const name of Object.keys(headers)) {
    const value = headers[name] ?? '';
    if (!ascii.test(value)) {
      isAscii = false;
      if (!headerValue.test(value)) throw new UnsendableError(`the header ${name} cannot be sent`);
    }
    if (!headerName.test(name)) throw new UnsendableError(`the header ${name} cannot be sent`);
    head += `${name}: ${value}\r\n`;
  }
  const bodyBytes = Buffer.byteLength(body ?? '');
  // A request that could have a body says that it has none.
  if (body !== undefined || method === 'POST' || method === 'PUT') head += `content-length: ${bodyBytes}\r\n`;
  head += '\r\n';
  if (isAscii && head.length + bodyBytes <= MAX_TEXT_LENGTH) return body === undefined ? head : head + body;
  const bytes = Buffer.allocUnsafe(head.length + bodyBytes);
  bytes.write(head, 'latin1');
  if (body !== undefined) bytes.write(body, head.length);
  return bytes;
}
