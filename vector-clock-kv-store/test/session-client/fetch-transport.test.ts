import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchTransport } from '../../src/session-client/fetch-transport.ts';
import { readText } from '../../src/session-client/read-text.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** Starts a server and returns its URL. */
async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const address = started.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const { signal } = new AbortController();
const transport = fetchTransport();

describe('fetchTransport', () => {
  it('sends JSON, and returns text and the pause that the server asks for', async () => {
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () =>
        response.writeHead(503, { 'retry-after': '2' }).end(`${request.headers['content-type']} ${body}`),
      );
    });
    const response = await transport.request({ method: 'POST', url, body: '{"é":1}', signal });
    expect(response).toEqual({ status: 503, text: 'application/json {"é":1}', retryAfterMs: 2_000 });
  });

  it('knows that a request without a connection was not handled', async () => {
    const url = await serve(() => {});
    await new Promise((resolve) => server?.close(resolve));
    for (const unreachable of [url, 'http://no-such-host.invalid'])
      await expect(transport.request({ method: 'GET', url: unreachable, signal })).rejects.toMatchObject({
        name: 'TransportError',
        kind: 'refused',
      });
  });

  it.each<[string, RequestListener]>([
    ['is lost before the response', (request) => request.socket.destroy()],
    [
      'is lost within the response',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => request.socket.destroy());
      },
    ],
    ['leads elsewhere', (_request, response) => response.writeHead(307, { location: '/other' }).end()],
  ])('does not know it of a request that %s', async (_what, listener) => {
    const url = await serve(listener);
    const failing = transport.request({ method: 'POST', url, body: '{}', signal });
    await expect(failing).rejects.toMatchObject({ name: 'TransportError', kind: 'ambiguous' });
  });

  it('says why fetch failed', async () => {
    const url = await serve((_request, response) => response.writeHead(307, { location: '/other' }).end());
    await expect(transport.request({ method: 'GET', url, signal })).rejects.toThrow('unexpected redirect');
  });

  it('returns the media type of a stream, and the pause that the server asks for', async () => {
    const headers = { 'content-type': 'text/html', 'retry-after': '1' };
    const url = await serve((_request, response) => response.writeHead(503, headers).end());
    const response = await transport.stream({ method: 'GET', url, signal });
    expect(response).toMatchObject({ status: 503, type: 'text/html', retryAfterMs: 1_000 });
  });

  it('closes the connection of a stream that is left', async () => {
    let onClose = () => {};
    const closed = new Promise<void>((resolve) => (onClose = resolve));
    const url = await serve((_request, response) => {
      response.on('close', onClose);
      response.write('first');
    });
    const { chunks } = await transport.stream({ method: 'GET', url, signal });
    for await (const chunk of chunks) {
      expect(Buffer.from(chunk).toString()).toBe('first');
      break;
    }
    await closed;
  });

  it('closes a stream whose signal aborts, although fetch has forgotten the signal', async () => {
    let onCancel = () => {};
    const cancelled = new Promise<void>((resolve) => (onCancel = resolve));
    const silent = () => new Response(new ReadableStream({ cancel: onCancel }));
    const forgetful = fetchTransport(() => Promise.resolve(silent()));
    const controller = new AbortController();
    const request = { method: 'GET', url: 'http://node1', signal: controller.signal } as const;
    const { chunks } = await forgetful.stream(request);
    const next = chunks[Symbol.asyncIterator]().next();
    controller.abort();
    await expect(next).rejects.toMatchObject({ name: 'TransportError', message: 'given up' });
    await cancelled;
    await expect(forgetful.request(request)).rejects.toThrow('given up');
  });
});

describe('readText', () => {
  async function* chunksOf(...texts: string[]) {
    for (const text of texts) yield Buffer.from(text);
  }

  it('stops at the first byte over its limit', async () => {
    expect(await readText(chunksOf('12', '34'), 4)).toBe('1234');
    await expect(readText(chunksOf('12', '345'), 4)).rejects.toThrow('larger than 4 bytes');
  });
});
