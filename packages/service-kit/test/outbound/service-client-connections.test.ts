import { once } from 'node:events';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ServiceClient } from '../../src/outbound/service-client.ts';
import { failureOf, get, serve, stopServer, urlOf } from '../support/service-client.ts';

const accepted: Socket[] = [];
afterEach(() => {
  stopServer();
  for (const socket of accepted.splice(0)) socket.destroy();
});

/** Starts a server that answers each request with these bytes, and keeps its connections open unless told otherwise. */
function serveBytes(answer: string, onAnswered: (socket: Socket) => void = () => {}): Promise<string> {
  return urlOf(
    createTcpServer((socket) => {
      accepted.push(socket);
      socket.on('error', () => {});
      socket.on('data', () => socket.write(answer, () => onAnswered(socket)));
    }),
  );
}

const client = () => new ServiceClient({ timeoutMs: 5_000 });

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1';

/** The sockets that keep this process running. */
const referenced = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;

describe('the connections of a service client', () => {
  it('reads a response in chunks, and one that ends with its connection', async () => {
    const chunks = await serveBytes(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n12\r\n0\r\n\r\n',
    );
    expect((await get(client(), chunks)).data).toBe(12);
    const close = await serveBytes('HTTP/1.1 200 OK\r\n\r\n13', (socket) => socket.end());
    expect((await get(client(), close)).data).toBe(13);
  });

  it('loses a response that its connection cuts off', async () => {
    const url = await serveBytes('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1', (socket) => socket.end());
    expect(await failureOf(get(client(), url))).toEqual({ kind: 'ambiguous', code: 'ECONNRESET' });
  });

  it('sends no request behind a response that has bytes after its end', async () => {
    const url = await serveBytes(`${OK}HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2`);
    const using = client();
    for (let sent = 0; sent < 3; sent++)
      expect(await get(using, url)).toMatchObject({ data: 1, connection: { isReused: false } });
  });

  it('closes an idle connection on which bytes arrive', async () => {
    const url = await serveBytes(OK);
    const using = client();
    await get(using, url);
    const [socket] = accepted;
    if (socket === undefined) throw new Error('there was no connection');
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2');
    await once(socket, 'close');
    expect(await get(using, url)).toMatchObject({ data: 1, connection: { isReused: false } });
  });

  it('sends no request on a connection that the server is about to close', async () => {
    const answer = (seconds: number) =>
      `HTTP/1.1 200 OK\r\nContent-Length: 1\r\nKeep-Alive: timeout=${seconds}\r\n\r\n1`;
    for (const [seconds, isReused] of [
      [2, false],
      [60, true],
    ] as const) {
      const url = await serveBytes(answer(seconds));
      const using = client();
      await get(using, url);
      expect((await get(using, url)).connection?.isReused).toBe(isReused);
    }
  });

  it('sends no request on a connection whose server has not read the one before', async () => {
    const url = await urlOf(
      createTcpServer((socket) => {
        accepted.push(socket);
        socket.on('error', () => {});
        socket.once('data', () => socket.pause().write(OK));
      }),
    );
    const using = client();
    const large = { method: 'POST', url, body: 'a'.repeat(32 * 1024 * 1024) } as const;
    expect((await using.request(large)).data).toBe(1);
    expect(await get(using, url)).toMatchObject({ data: 1, connection: { isReused: false } });
  });

  it('closes a connection that was idle for 30 seconds', async () => {
    const url = await serveBytes(OK);
    const using = client();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    await get(using, url);
    const [socket] = accepted;
    if (socket === undefined) throw new Error('there was no connection');
    const closed = once(socket, 'close');
    vi.advanceTimersByTime(29_000);
    expect(socket.destroyed).toBe(false);
    vi.advanceTimersByTime(6_000);
    await closed;
    expect((await get(using, url)).connection?.isReused).toBe(false);
  });

  it('keeps no process running with an idle connection', async () => {
    let waiting = 0;
    const url = await serve((_request, response) => {
      waiting = referenced();
      response.end('1');
    });
    const using = client();
    await get(using, url);
    expect(referenced()).toBe(waiting - 1);
    await get(using, url);
    expect(referenced()).toBe(waiting - 1);
  });

  it('reads the responses of many connections at once', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200);
      response.write(`"${request.url}`);
      setImmediate(() => response.end('"'));
    });
    const using = client();
    const paths = Array.from({ length: 100 }, (_, index) => `/${index}`);
    const responses = await Promise.all(paths.map((path) => get(using, `${url}${path}`)));
    expect(responses.map(({ data }) => data)).toEqual(paths);
  });
});
