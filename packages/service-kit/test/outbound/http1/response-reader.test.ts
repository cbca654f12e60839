import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadResponseError } from '../../../src/outbound/http1/bad-response-error.ts';
import { ResponseReader } from '../../../src/outbound/http1/response-reader.ts';
import { aResponse, cutAt, inNode } from '../../support/responses.ts';

const MAX_BODY_BYTES = 1_000;

/** Reads parts in turn, as a connection does: all share one piece of memory. */
function readAll(parts: readonly Buffer[], reader = new ResponseReader(MAX_BODY_BYTES)): ResponseReader {
  const shared = Buffer.alloc(64 * 1024);
  for (const part of parts) {
    part.copy(shared);
    reader.read(shared.subarray(0, part.length));
    shared.fill(0x78);
  }
  return reader;
}

const read = (text: string) => readAll([Buffer.from(text, 'latin1')]);

/** Returns the body of a response that is complete, with the end of the connection or without it. */
function bodyOf(text: string): string | undefined {
  const reader = read(text);
  return reader.end() ? reader.text : undefined;
}

/** Reads up to the end of a response, byte by byte; undefined if there is none. */
function firstResponse(bytes: Buffer): { reader: ResponseReader; bytes: Buffer } | undefined {
  const reader = new ResponseReader(MAX_BODY_BYTES);
  try {
    for (let at = 0; at < bytes.length; at++)
      if (reader.read(bytes.subarray(at, at + 1))) return { reader, bytes: bytes.subarray(0, at + 1) };
  } catch (error) {
    if (error instanceof BadResponseError) return undefined;
    throw error;
  }
  return reader.end() ? { reader, bytes } : undefined;
}

describe('ResponseReader', () => {
  it('reads any response in parts that end anywhere, as Node.js reads it', async () => {
    const cuts = fc.array(fc.nat(), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(aResponse, cuts, async (bytes, places) => {
        const reader = readAll(cutAt(bytes, places));
        reader.end();
        const { headers, status, text } = await inNode(bytes);
        expect({ status: reader.head.status, text: reader.text }).toEqual({ status, text });
        for (const [name, value] of Object.entries(headers)) expect(reader.head.header(name)).toBe(value);
      }),
    );
  });

  it('reads a response whose bytes arrive one by one', () => {
    const text =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;a=b\r\ncafé\r\n0\r\nX-Sum: 1\r\n\r\n';
    const bytes = Buffer.from(text, 'latin1');
    const reader = readAll(cutAt(bytes, [...bytes.keys()]));
    expect(reader.isPersistent).toBe(true);
    expect(reader.text).toBe(Buffer.from('café', 'latin1').toString('utf8'));
  });

  it('accepts nothing that Node.js reads in another way or refuses', async () => {
    const edits = fc.array(
      fc.record({
        at: fc.nat(),
        cut: fc.nat({ max: 3 }),
        text: fc.constantFrom('', '\r', '\n', '\0', ' ', '\xa0', ':', '0', ',', 'chunked'),
      }),
      { minLength: 1, maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(aResponse, edits, async (bytes, changes) => {
        let text = bytes.toString('latin1');
        for (const { at, cut, text: added } of changes) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + added + text.slice(place + cut);
        }
        const response = firstResponse(Buffer.from(text, 'latin1'));
        if (response === undefined) return;
        const { reader, bytes: read } = response;
        const seen = await inNode(read);
        expect({ status: reader.head.status, text: reader.text }).toEqual({
          status: seen.status,
          text: seen.text,
        });
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['is no HTTP', 'SSH-2.0-OpenSSH\r\n'],
    ['is of another version', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['changes the protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['ends its lines with LF alone', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
    ['ends a line of its head with LF alone', 'HTTP/1.1 200 OK\r\nContent-Length: 0\n'],
    ['has a folded header', 'HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 0\r\n\r\n'],
    ['has a space before a colon', 'HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nabcde'],
    ['has a header without a name', 'HTTP/1.1 200 OK\r\n: a\r\n\r\n'],
    ['has a bare CR in a header', 'HTTP/1.1 200 OK\r\nX-A: a\rContent-Length: 5\r\n\r\nabcde'],
    ['has a bare LF in a header', 'HTTP/1.1 200 OK\r\nX-A: a\nContent-Length: 5\r\n\r\nabcde'],
    ['has NUL in a header', 'HTTP/1.1 200 OK\r\nX-A: a\0\r\nContent-Length: 0\r\n\r\n'],
    ['has two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na'],
    ['has a length with a sign', 'HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na'],
    ['has a length in hexadecimal', 'HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\na'],
    ['has a no-break space beside its length', 'HTTP/1.1 200 OK\r\nContent-Length: \xa01\r\n\r\na'],
    [
      'has a no-break space beside its transfer coding',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\xa0\r\n\r\n0\r\n\r\n',
    ],
    ['has no length where it names one', 'HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\na'],
    [
      'has a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['has another transfer coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['has chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['has a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\na\r\n0\r\n\r\n'],
    [
      'has a chunk with a signed size',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n',
    ],
    [
      'has a space behind the size of a chunk',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n',
    ],
    [
      'has a chunk that is longer than it says',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n',
    ],
    [
      'ends lines between chunks with LF alone',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n',
    ],
    [
      'goes on where its last chunk ends',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nHTTP/1.1 200 OK\r\n\r\n',
    ],
    [
      'has a bare CR in its trailer',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\rX-A: a\r\n\r\n',
    ],
  ])('refuses a response that %s', (_, text) => {
    expect(() => read(text)).toThrow(BadResponseError);
  });

  it('refuses heads, lines between chunks, trailers and bodies that are too large', () => {
    const long = 'a'.repeat(20_000);
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    const lines = 'X-A: b\r\n'.repeat(3_000);
    for (const text of [
      `HTTP/1.1 200 OK\r\nX-A: ${long}`,
      `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1_000)}HTTP/1.1 200 OK\r\n\r\n`,
      `${chunked}1;${long}`,
      `${chunked}0\r\n${lines}\r\n`,
      `${chunked}3e9\r\n${long}`,
      `HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n`,
      `HTTP/1.1 200 OK\r\n\r\n${long}`,
    ])
      expect(() => read(text), text.slice(0, 60)).toThrow(BadResponseError);
  });

  it('ends a body at its length, at its last chunk or with the connection', () => {
    expect(bodyOf('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab')).toBe('ab');
    expect(bodyOf('HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n')).toBe('ab');
    expect(bodyOf('HTTP/1.1 200 OK\r\n\r\nab')).toBe('ab');
    expect(bodyOf('HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n')).toBe('');
  });

  it('has no response where the connection ends before it', () => {
    expect(bodyOf('')).toBeUndefined();
    expect(bodyOf('HTTP/1.1 200 OK\r\n')).toBeUndefined();
    expect(bodyOf('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na')).toBeUndefined();
    expect(bodyOf('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n')).toBeUndefined();
  });

  it('refuses a line feed that arrives behind the rest of its line', () => {
    const parts = ['HTTP/1.1 200 OK\r', '\nX-A: a', '\n'].map((text) => Buffer.from(text));
    expect(() => readAll(parts)).toThrow(BadResponseError);
    expect(() => readAll(parts.slice(0, 2))).not.toThrow();
  });

  it('reads a status that no RFC defines', () => {
    expect(read('HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n').head.status).toBe(600);
    expect(() => read('HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n')).toThrow(BadResponseError);
  });

  it('strips spaces and tabs around a value', () => {
    const { head } = read(
      'HTTP/1.1 200 OK\r\nContent-Length: \t0 \t\r\nX-A: \t \r\nX-B: \xa0b c\xa0\r\n\r\n',
    );
    expect([head.header('content-length'), head.header('x-a'), head.header('x-b')]).toEqual([
      '0',
      '',
      '\xa0b c\xa0',
    ]);
  });

  it('skips informational responses', () => {
    expect(
      bodyOf(
        'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n\r\nab',
      ),
    ).toBe('ab');
  });

  it.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', true],
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive\r\n\r\n', true],
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x, Close\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n', true],
    ['HTTP/1.1 200 OK\r\n\r\nab', false],
    // What follows belongs to no request.
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n', false],
  ])('reads whether a connection stays open: %j', (text, isOpen) => {
    const reader = read(text);
    reader.end();
    expect(reader.isPersistent).toBe(isOpen);
  });

  it('reads how long the server keeps an idle connection', () => {
    const withHeader = (value: string) =>
      read(`HTTP/1.1 204 No Content\r\nKeep-Alive: ${value}\r\n\r\n`).keepAliveMs;
    expect(withHeader('timeout=5')).toBe(5_000);
    expect(withHeader('max=100, Timeout=65')).toBe(65_000);
    expect(withHeader('max=100')).toBeUndefined();
    expect(withHeader('timeout=later')).toBeUndefined();
  });
});
