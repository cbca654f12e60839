import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import express, { type Response } from 'express';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerBrokenRequests } from '../../src/problems/broken-requests.ts';
import { listen } from '../../src/process/lifecycle.ts';

let server: Server;
let port: number;
let waiting: Response[];

beforeEach(async () => {
  waiting = [];
  const app = express();
  app.get('/slow', (_request, response) => {
    waiting.push(response);
  });
  app.get('/begun', (_request, response) => {
    response.set('content-length', '10').write('begun');
  });
  app.post('/early', (_request, response) => {
    response.status(404).json({ early: true });
  });
  app.post('/body', (request, response) => {
    request.resume();
    request.on('end', () => response.json({ read: true }));
  });
  server = await listen(app, 0, '127.0.0.1', 16 * 1024);
  answerBrokenRequests(server, pino({ level: 'silent' }));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  port = address.port;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends bytes and returns all that comes back until the connection ends. */
function exchange(...parts: string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
    for (const part of parts) socket.write(part, 'latin1');
  });
}

function read(response: string): { status: number; headers: string; body: Record<string, unknown> } {
  const [headers = '', body = ''] = response.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(headers)?.[1]), headers, body: JSON.parse(body) };
}

const host = 'Host: localhost\r\n';

describe('a broken request', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400, 'malformed_http'],
    ['a control character in the path', `GET /a\u0001b HTTP/1.1\r\n${host}\r\n`, 400, 'malformed_http'],
    ['an unknown method', `BREW / HTTP/1.1\r\n${host}\r\n`, 400, 'malformed_http'],
    ['another version', `GET / HTTP/9.9\r\n${host}\r\n`, 400, 'malformed_http'],
    ['a header without a colon', `GET / HTTP/1.1\r\n${host}nonsense\r\n\r\n`, 400, 'malformed_http'],
    ['a negative length', `POST /body HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`, 400, 'malformed_http'],
    [
      'two lengths',
      `POST /body HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
      400,
      'malformed_http',
    ],
    [
      'a length and chunks',
      `POST /body HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
      'malformed_http',
    ],
    [
      'a chunk of no size',
      `POST /body HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`,
      400,
      'malformed_http',
    ],
    [
      'large headers',
      `GET / HTTP/1.1\r\n${host}X-A: ${'a'.repeat(40_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    ['many headers', `GET / HTTP/1.1\r\n${host}${'X-A: a\r\n'.repeat(5_000)}\r\n`, 431, 'headers_too_large'],
    ['a large URL', `GET /${'a'.repeat(40_000)} HTTP/1.1\r\n${host}\r\n`, 414, 'uri_too_long'],
    [
      'large chunk extensions',
      `POST /body HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(40_000)}\r\nx\r\n0\r\n\r\n`,
      413,
      'content_too_large',
    ],
    ['CONNECT', `CONNECT localhost:80 HTTP/1.1\r\n${host}\r\n`, 405, 'method_not_allowed'],
  ])('gets a JSON response: %s', async (_what, bytes, status, code) => {
    const response = read(await exchange(bytes));
    expect({ status: response.status, code: response.body.code }).toEqual({ status, code });
    expect(response.body).toMatchObject({
      status,
      error: expect.any(String),
      request_id: expect.any(String),
    });
    expect(response.headers).toContain(`x-request-id: ${response.body.request_id}`);
    expect(response.headers).toContain('Connection: close');
    expect(JSON.stringify(response.body)).not.toMatch(/parse|HPE|llhttp/i);
  });

  it.each(['/begun', '/slow'])('closes a connection that is answering another one: %s', async (path) => {
    const text = await exchange(
      `GET ${path} HTTP/1.1\r\n${host}\r\nGET /slow HTTP/1.1\r\n${host}\r\nnonsense\r\n`,
    );
    expect(text).not.toContain('malformed_http');
  });

  it('gets no second response if it was answered before its body was read', async () => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      // The rest of the body never comes.
      socket.end();
    });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(`POST /early HTTP/1.1\r\n${host}Content-Length: 49\r\n\r\n{}`);
    await closed;
    expect(text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 404']);
    expect(text).toMatch(/\{"early":true\}$/);
  });

  it('gets one response, however much of it follows', async () => {
    const text = await exchange(...Array.from({ length: 50 }, () => 'nonsense\r\n\r\n'));
    expect(text.match(/HTTP\/1\.1 400/g)).toHaveLength(1);
  });
});

describe('a request that does not arrive in time', () => {
  it.each([
    ['a header', `GET / HTTP/1.1\r\n${host}X-A`],
    ['a body', `POST /body HTTP/1.1\r\n${host}Content-Length: 10\r\n\r\nabc`],
  ])('gets 408 in JSON: %s', async (_what, bytes) => {
    const connected = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write(bytes);
    // What Node.js emits once its timeout is over; the end-to-end test waits for that.
    const timeout = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    server.emit('clientError', timeout, await connected);
    await closed;
    expect(read(text)).toMatchObject({ status: 408, body: { code: 'request_timeout' } });
  });
});
