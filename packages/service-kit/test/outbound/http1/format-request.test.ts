import { describe, expect, it } from 'vitest';
import {
  formatRequest,
  type OutgoingRequest,
  UnsendableError,
} from '../../../src/outbound/http1/format-request.ts';

const request: OutgoingRequest = {
  method: 'POST',
  path: '/charge?a=1',
  headers: { 'x-id': 'a' },
  body: '{"a":"ü"}',
};

const HOST = 'peer:3000';

describe('formatRequest', () => {
  it('formats a request with the length of its body in bytes', () => {
    expect(formatRequest(request, HOST)).toBe(
      'POST /charge?a=1 HTTP/1.1\r\nhost: peer:3000\r\nconnection: keep-alive\r\nx-id: a\r\ncontent-length: 10\r\n\r\n{"a":"ü"}',
    );
  });

  it('says that a POST without a body has none, and leaves that out of a GET', () => {
    expect(formatRequest({ ...request, body: undefined }, HOST)).toContain('\r\ncontent-length: 0\r\n\r\n');
    expect(formatRequest({ ...request, method: 'GET', body: undefined }, HOST)).not.toContain(
      'content-length',
    );
  });

  it('encodes headers as latin1 and the body as UTF-8', () => {
    const bytes = formatRequest({ ...request, headers: { 'x-id': 'é' } }, HOST);
    expect(bytes).toEqual(
      Buffer.concat([
        Buffer.from(
          'POST /charge?a=1 HTTP/1.1\r\nhost: peer:3000\r\nconnection: keep-alive\r\nx-id: é\r\ncontent-length: 10\r\n\r\n',
          'latin1',
        ),
        Buffer.from('{"a":"ü"}'),
      ]),
    );
  });

  it('formats a request with a large body as bytes', () => {
    const body = 'ü'.repeat(20_000);
    const bytes = formatRequest({ ...request, body }, HOST);
    expect(bytes).toBeInstanceOf(Buffer);
    expect(bytes.toString()).toBe(
      `POST /charge?a=1 HTTP/1.1\r\nhost: peer:3000\r\nconnection: keep-alive\r\nx-id: a\r\ncontent-length: 40000\r\n\r\n${body}`,
    );
  });

  it.each([
    { path: '/a b' },
    { path: '/a\r\nx: y' },
    { path: '/ü' },
    { path: 'a' },
    { headers: { 'x-id': 'a\r\nx: y' } },
    { headers: { 'x-id': 'a\n' } },
    { headers: { 'x-id': 'a\0' } },
    { headers: { 'x-id': '€' } },
    { headers: { 'x id': 'a' } },
    { headers: { 'x-id: b\r\nx': 'a' } },
    { headers: { '': 'a' } },
  ])('refuses what could end a line: %j', (part) => {
    expect(() => formatRequest({ ...request, ...part }, HOST)).toThrow(UnsendableError);
  });
});
