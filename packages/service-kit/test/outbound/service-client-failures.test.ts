import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AddressGuard, allowedPeersVariable } from '../../src/outbound/address-guard.ts';
import { ServiceClient } from '../../src/outbound/service-client.ts';
import {
  failureOf,
  get,
  guardWith,
  neverEnds,
  serve,
  server,
  stopServer,
  urlOf,
} from '../support/service-client.ts';

afterEach(stopServer);

describe('a service client without a response', () => {
  it.each([
    ['never comes', () => void server?.emit('handled')],
    ['never ends', neverEnds],
  ] satisfies [string, RequestListener][])(
    'reports an ambiguous outcome if the response %s',
    async (_, listener) => {
      const url = await serve(listener);
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const failure = failureOf(get(new ServiceClient({ timeoutMs: 100 }), url));
      if (server !== undefined) await once(server, 'handled');
      vi.advanceTimersByTime(60);
      if (listener === neverEnds && server !== undefined) await once(server, 'handled');
      vi.advanceTimersByTime(40);
      expect(await failure).toEqual({ kind: 'ambiguous', code: 'ECONNABORTED' });
    },
  );

  it('refuses for certain if no connection is established in time', async () => {
    const guard = guardWith(() => {});
    const slow = new ServiceClient({ timeoutMs: 5_000, connectTimeoutMs: 20, guard });
    expect(await failureOf(get(slow, 'http://silent.test'))).toEqual({
      kind: 'refused',
      code: 'ECONNECTTIMEOUT',
    });
    const late = new ServiceClient({ timeoutMs: 20, connectTimeoutMs: 5_000, guard });
    expect(await failureOf(get(late, 'http://silent.test'))).toEqual({
      kind: 'refused',
      code: 'ECONNABORTED',
    });
  });

  it('refuses for certain if nothing listens or the name is unknown', async () => {
    const url = await serve(() => {});
    server?.close();
    const client = new ServiceClient({ timeoutMs: 5_000 });
    expect(await failureOf(get(client, url))).toEqual({ kind: 'refused', code: 'ECONNREFUSED' });
    const error = Object.assign(new Error('no such host'), { code: 'EAI_AGAIN' });
    const guard = guardWith((_name, _options, callback) => callback(error, ''));
    const unknown = new ServiceClient({ timeoutMs: 5_000, guard });
    expect(await failureOf(get(unknown, 'http://unknown.test'))).toEqual({
      kind: 'refused',
      code: 'EAI_AGAIN',
    });
  });

  it('reports an ambiguous outcome if a connection fails after the request', async () => {
    const url = await serve((request) => request.socket.destroy());
    expect(await failureOf(get(new ServiceClient({ timeoutMs: 5_000 }), url))).toEqual({
      kind: 'ambiguous',
      code: 'ECONNRESET',
    });
  });

  it('refuses a larger response than it may read, and one that is compressed', async () => {
    const url = await serve(({ url: path }, response) => {
      if (path === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{}'));
      else response.end('a'.repeat(path === '/large' ? 101 : 100));
    });
    const client = new ServiceClient({ timeoutMs: 5_000, maxResponseBytes: 100 });
    expect((await get(client, `${url}/small`)).text).toHaveLength(100);
    expect(await failureOf(get(client, `${url}/large`))).toEqual({
      kind: 'ambiguous',
      code: 'ERR_BAD_RESPONSE',
    });
    expect(await failureOf(get(client, `${url}/gzip`))).toEqual({
      kind: 'ambiguous',
      code: 'ERR_CONTENT_ENCODING',
    });
    expect((await client.request({ method: 'GET', url: `${url}/large`, maxResponseBytes: 200 })).status).toBe(
      200,
    );
  });

  it('says that a response is no HTTP', async () => {
    const url = await urlOf(createTcpServer((socket) => socket.end('SSH-2.0-x\r\n')));
    await expect(get(new ServiceClient({ timeoutMs: 5_000 }), url)).rejects.toMatchObject({
      kind: 'ambiguous',
      code: 'ERR_BAD_RESPONSE',
      message: 'the response is not HTTP/1.1',
    });
  });

  it('refuses at once a response whose lines end with LF alone', async () => {
    const url = await urlOf(
      createTcpServer((socket) => socket.write('HTTP/1.1 200 OK\nContent-Length: 0\n\n')),
    );
    expect(await failureOf(get(new ServiceClient({ timeoutMs: 60_000 }), url))).toEqual({
      kind: 'ambiguous',
      code: 'ERR_BAD_RESPONSE',
    });
  });

  it('refuses for certain what it cannot send, also on a connection that is open', async () => {
    const url = await serve((_request, response) => response.end());
    const client = new ServiceClient({ timeoutMs: 5_000 });
    await get(client, url);
    expect(await failureOf(client.request({ method: 'GET', url, headers: { 'x-a': 'a\nb' } }))).toEqual({
      kind: 'refused',
      code: 'ERR_INVALID_CHAR',
    });
    expect((await get(client, url)).status).toBe(200);
  });

  it('says why no address of a name could be connected to', async () => {
    const url = await urlOf(createTcpServer());
    const { port } = new URL(url);
    server?.close();
    const addresses = [
      { address: '127.0.0.1', family: 4 },
      { address: '127.0.0.2', family: 4 },
    ];
    const guard = guardWith((_name, _options, callback) => callback(null, addresses));
    const client = new ServiceClient({ timeoutMs: 5_000, guard });
    await expect(get(client, `http://peer.internal:${port}`)).rejects.toMatchObject({
      kind: 'refused',
      code: 'ECONNREFUSED',
      message: expect.stringContaining('127.0.0.1'),
    });
  });

  it('gives a request up if one of its signals aborts, and sends none if one has', async () => {
    const abort = new AbortController();
    let requests = 0;
    const url = await serve(() => {
      requests += 1;
      abort.abort();
    });
    const client = new ServiceClient({ timeoutMs: 5_000 });
    const signals = [new AbortController().signal, abort.signal];
    expect(await failureOf(client.request({ method: 'GET', url, signals }))).toEqual({
      kind: 'ambiguous',
      code: 'ERR_CANCELED',
    });
    expect(await failureOf(client.request({ method: 'GET', url, signals }))).toEqual({
      kind: 'refused',
      code: 'ERR_CANCELED',
    });
    expect(requests).toBe(1);
  });

  it('judges the address that a name resolves to when it connects', async () => {
    const url = (await serve((_request, response) => response.end('1'))).replace('127.0.0.1', 'localhost');
    const strict = new AddressGuard(allowedPeersVariable().parse('10.0.0.0/8'));
    expect(await failureOf(get(new ServiceClient({ timeoutMs: 5_000, guard: strict }), url))).toEqual({
      kind: 'refused',
      code: 'ADDRESS_NOT_ALLOWED',
    });
    const open = new AddressGuard(allowedPeersVariable().parse(undefined));
    expect((await get(new ServiceClient({ timeoutMs: 5_000, guard: open }), url)).status).toBe(200);
  });
});
