import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { isCancel } from 'axios';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHttpClient, transportFailure } from '../src/http-client.ts';

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

  it('cancels a request if its caller aborts', async () => {
    const abort = new AbortController();
    const url = await startServer(() => abort.abort());
    const response = createHttpClient({ timeoutMs: 5_000 }).get(url, { signal: abort.signal });
    expect(await response.catch(isCancel)).toBe(true);
  });
});
