import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { isCancel } from 'axios';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHttpClient, jsonBody, transportFailure } from '../../src/outbound/http-client.ts';

let server: Server;
afterEach(() => {
  vi.useRealTimers();
  server.close();
  server.closeAllConnections();
});

async function startServer(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const neverResponds: RequestListener = () => server.emit('handled');

/** Starts a response, and sends a byte so often that the connection is never idle. */
const neverEnds: RequestListener = (_request, response) => {
  const trickle = setInterval(() => response.write(' ', () => server.emit('handled')), 10);
  response.on('close', () => clearInterval(trickle));
};

describe('an HTTP client', () => {
  it('sends every key of a body, also those that axios drops from objects', async () => {
    const url = await startServer((request, response) => request.pipe(response));
    const text = '{"constructor":1,"a":{"prototype":2,"__proto__":3},"list":[{"constructor":4}]}';
    const { data } = await createHttpClient({ timeoutMs: 5_000, headers: { accept: '*/*' } }).post(
      url,
      jsonBody(JSON.parse(text)),
      { transformResponse: (body: unknown) => body },
    );
    expect(data).toBe(text);
  });

  it('labels a body as JSON', async () => {
    const url = await startServer((request, response) => response.end(request.headers['content-type']));
    const client = createHttpClient({ timeoutMs: 5_000 });
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await client.request({ method, url, data: jsonBody({}) })).data).toBe('application/json');
  });

  it('refuses a body that axios may have changed', async () => {
    await expect(createHttpClient({ timeoutMs: 5_000 }).post('http://127.0.0.1:1', { a: 1 })).rejects.toThrow(
      'use jsonBody',
    );
  });

  it('returns every response, whatever its status', async () => {
    const url = await startServer((_request, response) => response.writeHead(503).end('{"error":"Full"}'));
    const { status, data } = await createHttpClient({ timeoutMs: 5_000 }).get(url);
    expect({ status, data }).toEqual({ status: 503, data: { error: 'Full' } });
  });

  it.each([
    ['never comes', neverResponds],
    ['never ends', neverEnds],
  ])('reports an ambiguous outcome if the response %s', async (_, listener) => {
    const url = await startServer(listener);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const failure = createHttpClient({ timeoutMs: 100 }).get(url).catch(transportFailure);
    await once(server, 'handled');
    vi.advanceTimersByTime(60);
    if (listener === neverEnds) await once(server, 'handled');
    vi.advanceTimersByTime(40);
    expect(await failure).toEqual({ kind: 'ambiguous', reason: 'ECONNABORTED' });
  });

  it('refuses for certain if no connection is established in time', async () => {
    await startServer(() => {});
    const client = createHttpClient({ timeoutMs: 5_000, connectTimeoutMs: 20 });
    const silentDns = { lookup: () => {} };
    const failure = await client.get('http://silent.test', silentDns).catch(transportFailure);
    expect(failure).toEqual({ kind: 'refused', reason: 'ECONNECTTIMEOUT' });
  });

  it('refuses for certain if the deadline comes before the connection', async () => {
    await startServer(() => {});
    const client = createHttpClient({ timeoutMs: 20, connectTimeoutMs: 5_000 });
    const failure = await client.get('http://silent.test', { lookup: () => {} }).catch(transportFailure);
    expect(failure).toEqual({ kind: 'refused', reason: 'ECONNABORTED' });
  });

  it('refuses for certain if nothing listens or the name is unknown', async () => {
    const url = await startServer(() => {});
    server.close();
    const client = createHttpClient({ timeoutMs: 5_000 });
    expect(await client.get(url).catch(transportFailure)).toMatchObject({ kind: 'refused' });
    const lookup = async () => {
      throw Object.assign(new Error('no such host'), { code: 'EAI_AGAIN' });
    };
    expect(await client.get('http://unknown.test', { lookup }).catch(transportFailure)).toEqual({
      kind: 'refused',
      reason: 'EAI_AGAIN',
    });
  });

  it('reports an ambiguous outcome if a connection fails after the request', async () => {
    const url = await startServer((request) => request.socket.destroy());
    const failure = await createHttpClient({ timeoutMs: 5_000 }).get(url).catch(transportFailure);
    expect(failure).toEqual({ kind: 'ambiguous', reason: 'ECONNRESET' });
  });

  it('closes idle connections to an origin after a timeout there', async () => {
    const forgotten = new Set<Socket>();
    const accepted = new Set<Socket>();
    let inParallel: ServerResponse[] | undefined = [];
    const url = await startServer(({ socket }, response) => {
      if (forgotten.has(socket)) return;
      accepted.add(socket);
      inParallel?.push(response);
      if (inParallel === undefined) response.end('ok');
      if (inParallel?.length !== 3) return;
      for (const waiting of inParallel) waiting.end('ok');
      inParallel = undefined;
    });
    const client = createHttpClient({ timeoutMs: 150 });
    await Promise.all([client.get(url), client.get(url), client.get(url)]);
    for (const socket of accepted) forgotten.add(socket);
    expect(await client.get(url).catch(transportFailure)).toMatchObject({ kind: 'ambiguous' });
    expect((await client.get(url)).status).toBe(200);
    expect(accepted.size).toBe(4);
  });

  it('rejects a small response that inflates beyond the limit, and reads one within it', async () => {
    const url = await startServer((request, response) => {
      const body = Buffer.alloc(request.url === '/large' ? 20_000_000 : 1_000, 'a');
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(body));
    });
    const client = createHttpClient({ timeoutMs: 5_000, maxResponseBytes: 100_000 });
    await expect(client.get(`${url}/large`)).rejects.toThrow('maxContentLength size of 100000 exceeded');
    expect((await client.get(`${url}/small`)).data).toHaveLength(1_000);
    await expect(createHttpClient({ timeoutMs: 5_000 }).get(`${url}/large`)).rejects.toThrow(
      'maxContentLength',
    );
  });

  it('cancels a request if its caller aborts', async () => {
    const abort = new AbortController();
    const url = await startServer(() => abort.abort());
    const response = createHttpClient({ timeoutMs: 5_000 }).get(url, { signal: abort.signal });
    expect(await response.catch(isCancel)).toBe(true);
  });
});
