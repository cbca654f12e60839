import { createServer, type RequestListener, type Server } from 'node:http';
import { isCancel } from 'axios';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient, transportFailure } from '../src/http-client.ts';

let server: Server;
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

async function serverThat(reacts: RequestListener): Promise<string> {
  server = createServer(reacts);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const hangs: RequestListener = () => {};

/** Sends a byte so often that the connection is never idle, and never ends. */
const trickles: RequestListener = (_request, response) => {
  const trickle = setInterval(() => response.write(' '), 10);
  response.on('close', () => clearInterval(trickle));
};

describe('a call of another service', () => {
  it('hands over every answer, whatever its status', async () => {
    const url = await serverThat((_request, response) => response.writeHead(503).end('{"error":"Full"}'));
    const { status, data } = await createHttpClient({ timeoutMs: 5_000 }).get(url);
    expect({ status, data }).toEqual({ status: 503, data: { error: 'Full' } });
  });

  it.each([
    ['never comes', hangs],
    ['never ends', trickles],
  ])('leaves open what became of it when an answer %s', async (_, reacts) => {
    const url = await serverThat(reacts);
    const failure = await createHttpClient({ timeoutMs: 100 }).get(url).catch(transportFailure);
    expect(failure).toEqual({ kind: 'ambiguous', reason: 'ECONNABORTED' });
  });

  it('can be called off by its caller', async () => {
    const called = new AbortController();
    const url = await serverThat(() => called.abort());
    const call = createHttpClient({ timeoutMs: 5_000 }).get(url, { signal: called.signal });
    expect(await call.catch(isCancel)).toBe(true);
  });
});
