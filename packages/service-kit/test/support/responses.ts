import { type IncomingHttpHeaders, request } from 'node:http';
import { Duplex } from 'node:stream';
import fc from 'fast-check';

const header = fc.record({
  name: fc.stringMatching(/^X-[A-Za-z-]{1,8}$/),
  value: fc.stringMatching(/^[!-~\xa1-\xff]([\t -~\xa1-\xff]{0,10}[!-~\xa1-\xff])?$/),
});

const unique = fc.uniqueArray(header, { maxLength: 5, selector: ({ name }) => name.toLowerCase() });

const status = fc.oneof(fc.integer({ min: 200, max: 599 }), fc.constantFrom(200, 204, 304, 503));

/** A response of a server, as bytes: with a length, in chunks, or up to the end of the connection. */
export const aResponse = fc
  .record({
    status,
    headers: unique,
    parts: fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), { maxLength: 4 }),
    framing: fc.constantFrom('length', 'chunks', 'close'),
    reason: fc.constantFrom('', ' ', ' OK', ' Não'),
  })
  .map(({ framing, headers, parts, reason, status: code }) => {
    const isEmpty = code === 204 || code === 304;
    const bodies = isEmpty ? [] : parts.map((part) => Buffer.from(part));
    const length = bodies.reduce((sum, part) => sum + part.length, 0);
    const lines = headers.map(({ name, value }) => `${name}: ${value}`);
    if (framing === 'length') lines.push(`Content-Length: ${length}`);
    if (framing === 'chunks' && !isEmpty) lines.push('Transfer-Encoding: chunked');
    const head = Buffer.from(
      `HTTP/1.1 ${code}${reason}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`,
      'latin1',
    );
    if (framing !== 'chunks' || isEmpty) return Buffer.concat([head, ...bodies]);
    const chunks = bodies.flatMap((part) => [
      Buffer.from(`${part.length.toString(16)}\r\n`),
      part,
      Buffer.from('\r\n'),
    ]);
    return Buffer.concat([head, ...chunks, Buffer.from('0\r\n\r\n')]);
  });

/** Cuts bytes at some places, given as any numbers. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

/** Reads a response with the client of Node.js. Rejects if that refuses it. */
export function inNode(
  bytes: Buffer,
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const connection = new Duplex({
      read() {},
      write(_chunk, _encoding, callback) {
        callback();
        connection.push(bytes);
        connection.push(null);
      },
    });
    const sent = request({ createConnection: () => connection, headers: { host: 'a' } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(parts).toString('utf8'),
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}
