import { describe, expect, it } from 'vitest';
import { ReceivedResponse } from '../../src/outbound/received-response.ts';

function received(text: string, ...headers: string[]): ReceivedResponse {
  return new ReceivedResponse(
    200,
    headers.map((part) => Buffer.from(part, 'latin1')),
    text,
    undefined,
  );
}

describe('ReceivedResponse', () => {
  it('finds a header by its name, however it was written', () => {
    const response = received('', 'Content-Type', 'text/plain', 'Retry-After', '1');
    expect(response.header('retry-after')).toBe('1');
    expect(response.header('retry-aftes')).toBeUndefined();
    expect(response.header('x')).toBeUndefined();
  });

  it('returns a header that was sent more than once as a list', () => {
    const response = received('', 'content-encoding', 'identity', 'Content-Encoding', 'gzip');
    expect(response.header('content-encoding')).toBe('identity, gzip');
    expect(response.headers['content-encoding']).toEqual(['identity', 'gzip']);
  });

  it('parses all headers where somebody asks for them', () => {
    expect(received('', 'X-Id', 'a', 'Date', 'today').headers).toEqual({ 'x-id': 'a', date: 'today' });
  });

  it('parses a JSON body, also behind a byte order mark, and keeps any other as text', () => {
    expect(received('\u{feff}{"a":1}').data).toEqual({ a: 1 });
    expect(received('<html>').data).toBe('<html>');
    expect(received('').data).toBe('');
  });
});
