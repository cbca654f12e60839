import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { AddressGuard, allowedPeersVariable } from '../../src/outbound/address-guard.ts';
import { ServiceClient } from '../../src/outbound/service-client.ts';
import { failureOf, get, serve, stopServer } from '../support/service-client.ts';

afterEach(stopServer);

describe('a service client', () => {
  it('sends a request and returns its response, whatever the status', async () => {
    const url = await serve((request, response) => {
      response.writeHead(503, { 'content-type': 'application/json', 'x-method': request.method });
      request.pipe(response);
    });
    const client = new ServiceClient({ baseUrl: `${url}/`, timeoutMs: 5_000 });
    const response = await client.request({ method: 'POST', url: '/charge?a=1', body: '{"constructor":1}' });
    expect(response).toMatchObject({ status: 503, data: { constructor: 1 }, text: '{"constructor":1}' });
    expect(response.header('x-method')).toBe('POST');
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

  it('closes idle connections that are old enough on request', async () => {
    const url = await serve((_request, response) => response.end('1'));
    const client = new ServiceClient({ timeoutMs: 5_000 });
    await get(client, url);
    client.closeIdleConnections(60_000);
    expect((await get(client, url)).connection?.isReused).toBe(true);
    client.closeIdleConnections();
    expect((await get(client, url)).connection?.isReused).toBe(false);
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

  it('follows no redirect', async () => {
    const url = await serve((_request, response) => response.writeHead(307, { location: '/stolen' }).end());
    expect((await get(new ServiceClient({ timeoutMs: 5_000 }), url)).status).toBe(307);
  });
});
