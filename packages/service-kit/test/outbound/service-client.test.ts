import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AddressGuard, allowedPeersVariable } from '../../src/outbound/address-guard.ts';
import { NoResponseError } from '../../src/outbound/no-response-error.ts';
import { ServiceClient } from '../../src/outbound/service-client.ts';

let server: Server | TcpServer | undefined;
afterEach(() => {
  vi.useRealTimers();
  server?.close();
  if (server !== undefined && 'closeAllConnections' in server) server.closeAllConnections();
});

async function portOf(listening: Server | TcpServer): Promise<string> {
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const serve = (listener: RequestListener) => portOf(createServer(listener));

/** Starts a response, and sends a byte so often that the connection is never idle. */
const neverEnds: RequestListener = (_request, response) => {
  const trickle = setInterval(() => response.write(' ', () => server?.emit('handled')), 10);
  response.on('close', () => clearInterval(trickle));
};

const get = (client: ServiceClient, url: string) => client.request({ method: 'GET', url });

/** Resolves to how a request failed. */
const failureOf = (request: Promise<unknown>) =>
  request.then(
    () => 'no failure',
    (error: unknown) => (error instanceof NoResponseError ? { kind: error.kind, code: error.code } : error),
  );

/** A guard whose lookups end as the given one does. */
function guardWith(lookup: AddressGuard['lookup']): AddressGuard {
  const guard = new AddressGuard(allowedPeersVariable().parse(undefined));
  return Object.assign(guard, { lookup });
}

describe('a service client', () => {
  it('sends a request and returns its response, whatever the status', async () => {
    const url = await serve((request, response) => {
      response.writeHead(503, { 'content-type': 'application/json', 'x-method': request.method });
      request.pipe(response);
    });
    const client = new ServiceClient({ baseUrl: `${url}/`, timeoutMs: 5_000 });
    const response = await client.request({ method: 'POST', url: '/charge?a=1', body: '{"constructor":1}' });
    expect(response).toMatchObject({ status: 503, data: { constructor: 1 }, text: '{"constructor":1}' });
    expect(response.headers['x-method']).toBe('POST');
    expect(response.connection).toMatchObject({ isReused: false });
  });

  it('labels a body as JSON, and asks for no compression', async () => {
    const url = await serve(({ headers }, response) => response.end(JSON.stringify(headers)));
    const client = new ServiceClient({ timeoutMs: 5_000 });
    const { data } = await client.request({
      method: 'POST',
      url,
      body: '{}',
      headers: { 'x-request-id': 'a' },
    });
    expect(data).toMatchObject({
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      'content-length': '2',
      'x-request-id': 'a',
    });
    expect((await get(client, url)).data).not.toHaveProperty('content-type');
  });

  it('returns a body that is no JSON as its text', async () => {
    const url = await serve((_request, response) => response.end('# metrics 1'));
    const { data, text } = await get(new ServiceClient({ timeoutMs: 5_000 }), url);
    expect({ data, text }).toEqual({ data: '# metrics 1', text: '# metrics 1' });
  });

  it('uses a connection again', async () => {
    const sockets = new Set<Socket>();
    const url = await serve(({ socket }, response) => {
      sockets.add(socket);
      response.end('1');
    });
    const client = new ServiceClient({ timeoutMs: 5_000 });
    const responses = [];
    for (let sent = 0; sent < 5; sent++) responses.push(await get(client, url));
    expect(sockets.size).toBe(1);
    expect(responses.map(({ connection }) => connection?.isReused)).toEqual([false, true, true, true, true]);
  });

  it('opens a connection per request to a server that keeps none', async () => {
    const url = await serve((_request, response) =>
      response.writeHead(200, { connection: 'close' }).end('1'),
    );
    const client = new ServiceClient({ timeoutMs: 5_000 });
    for (let sent = 0; sent < 5; sent++)
      expect(await get(client, url)).toMatchObject({ data: 1, connection: { isReused: false } });
  });

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

  it('reports an ambiguous outcome if the response is no HTTP', async () => {
    const url = await portOf(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')));
    expect(await failureOf(get(new ServiceClient({ timeoutMs: 5_000 }), url))).toMatchObject({
      kind: 'ambiguous',
    });
  });

  it('closes idle connections to an origin after a timeout there', async () => {
    const forgotten = new Set<Socket>();
    const accepted = new Set<Socket>();
    let inParallel: ServerResponse[] | undefined = [];
    const url = await serve(({ socket }, response) => {
      if (forgotten.has(socket)) return;
      accepted.add(socket);
      inParallel?.push(response);
      if (inParallel === undefined) response.end('ok');
      if (inParallel?.length !== 3) return;
      for (const waiting of inParallel) waiting.end('ok');
      inParallel = undefined;
    });
    const client = new ServiceClient({ timeoutMs: 150 });
    await Promise.all([get(client, url), get(client, url), get(client, url)]);
    for (const socket of accepted) forgotten.add(socket);
    expect(await failureOf(get(client, url))).toMatchObject({ kind: 'ambiguous' });
    expect((await get(client, url)).status).toBe(200);
    expect(accepted.size).toBe(4);
  });

  it('closes idle connections that are old enough when it is told to', async () => {
    const url = await serve((_request, response) => response.end('1'));
    const client = new ServiceClient({ timeoutMs: 5_000 });
    await get(client, url);
    client.closeIdleConnections(60_000);
    expect((await get(client, url)).connection?.isReused).toBe(true);
    client.closeIdleConnections();
    expect((await get(client, url)).connection?.isReused).toBe(false);
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

  it('reads what other servers send for JSON and for no compression', async () => {
    const url = await serve(({ url: path }, response) => {
      response.writeHead(200, { 'content-encoding': path === '/named' ? 'Identity' : '' });
      response.end('\u{feff}{"a":1}');
    });
    const client = new ServiceClient({ timeoutMs: 5_000 });
    expect(await get(client, `${url}/named`)).toMatchObject({ data: { a: 1 }, text: '\u{feff}{"a":1}' });
    expect((await get(client, `${url}/empty`)).data).toEqual({ a: 1 });
  });

  it('says that a response is no HTTP', async () => {
    const url = await portOf(createTcpServer((socket) => socket.end('SSH-2.0-x\r\n')));
    expect(await failureOf(get(new ServiceClient({ timeoutMs: 5_000 }), url))).toEqual({
      kind: 'ambiguous',
      code: 'ERR_BAD_RESPONSE',
    });
  });

  it('refuses for certain what it cannot send, also on a connection that is open', async () => {
    const url = await serve((_request, response) => response.end());
    const client = new ServiceClient({ timeoutMs: 5_000 });
    await get(client, url);
    expect(await failureOf(client.request({ method: 'GET', url, headers: { 'x-a': 'a\nb' } }))).toMatchObject(
      { kind: 'refused' },
    );
    expect((await get(client, url)).status).toBe(200);
  });

  it('says why no address of a name could be connected to', async () => {
    const url = await portOf(createTcpServer());
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

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[::ffff:169.254.169.254]/',
    'http://0xa9fea9fe/',
  ])('makes no connection to %s', async (url) => {
    const guard = new AddressGuard(allowedPeersVariable().parse(undefined));
    expect(await failureOf(get(new ServiceClient({ timeoutMs: 5_000, guard }), url))).toEqual({
      kind: 'refused',
      code: 'ADDRESS_NOT_ALLOWED',
    });
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

  it('follows no redirect', async () => {
    const url = await serve((_request, response) => response.writeHead(307, { location: '/stolen' }).end());
    expect((await get(new ServiceClient({ timeoutMs: 5_000 }), url)).status).toBe(307);
  });
});
