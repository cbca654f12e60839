import { once } from 'node:events';
import { createServer } from 'node:net';
import { type Certificates, createCertificates, createTemporaryDirectory } from '@gridclock/local-service';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NoResponseError } from '../../src/outbound/no-response-error.ts';
import { ServiceClient } from '../../src/outbound/service-client.ts';
import type { ServiceTls } from '../../src/tls/service-tls.ts';
import { serveTls, tlsOf } from '../support/tls-server.ts';

let folder: { path: string; remove: () => Promise<void> };
let certificates: Certificates;
let served: Awaited<ReturnType<typeof serveTls>> | undefined;
beforeEach(async () => {
  folder = await createTemporaryDirectory();
  certificates = await createCertificates(folder.path);
});
afterEach(() => {
  served?.stop();
  return folder.remove();
});

async function serve(tls: ServiceTls): Promise<string> {
  served = await serveTls(tls);
  return served.url;
}

const clientOf = (tls: ServiceTls, role = 'node') =>
  new ServiceClient({ timeoutMs: 5_000, tls: { tls, role } });

const get = (client: ServiceClient, url: string) => client.request({ method: 'GET', url });

const failureOf = (request: Promise<unknown>) =>
  request.then(
    () => undefined,
    (error: unknown) => (error instanceof NoResponseError ? error : undefined),
  );

describe('a service client with TLS', () => {
  it('calls a service of the expected role, also by an http:// URL, on one connection', async () => {
    const url = await serve(tlsOf(certificates, 'node1'));
    const client = clientOf(tlsOf(certificates, 'node2'));
    expect(await get(client, `${url}/inner`)).toMatchObject({ status: 200, connection: { isReused: false } });
    expect(await get(client, `${url}/inner`)).toMatchObject({ status: 200, connection: { isReused: true } });
  });

  it('sends nothing to a server of another role, name or authority', async () => {
    let requests = 0;
    const url = await serve(tlsOf(certificates, 'substation'));
    served?.server.on('request', () => {
      requests += 1;
    });
    const ofRole = await failureOf(get(clientOf(tlsOf(certificates, 'node2')), url));
    expect(ofRole).toMatchObject({ kind: 'refused', code: 'ERR_TLS_PEER_ROLE' });
    const tls = { tls: tlsOf(certificates, 'node2'), addressName: 'another.example' };
    expect(await failureOf(get(new ServiceClient({ timeoutMs: 5_000, tls }), url))).toMatchObject({
      kind: 'refused',
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    const strangers = await createTemporaryDirectory();
    const foreign = tlsOf(await createCertificates(strangers.path), 'node2');
    await strangers.remove();
    expect(await failureOf(get(clientOf(foreign), url))).toMatchObject({
      kind: 'refused',
      code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/),
    });
    expect(requests).toBe(0);
  });

  it('uses no connection from before a change of certificates again', async () => {
    const [ofServer, ofClient] = [tlsOf(certificates, 'node1'), tlsOf(certificates, 'node2')];
    const url = await serve(ofServer);
    const client = clientOf(ofClient);
    await get(client, `${url}/inner`);
    for (const command of ['next-authority', 'renew', 'drop-authority'] as const) {
      await certificates.run(command);
      ofServer.load();
      ofClient.load();
      expect(await get(client, `${url}/inner`)).toMatchObject({
        status: 200,
        connection: { isReused: false },
      });
    }
  });

  it('refuses for certain if the server does not complete the handshake', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const tls = { tls: tlsOf(certificates, 'node2'), role: 'node' };
    const client = new ServiceClient({ timeoutMs: 5_000, connectTimeoutMs: 50, tls });
    expect(await failureOf(get(client, `http://127.0.0.1:${port}`))).toMatchObject({
      kind: 'refused',
      code: 'ECONNECTTIMEOUT',
    });
    silent.close();
  });

  it('says that the server has closed the connection during the handshake', async () => {
    const closing = createServer((socket) => socket.on('error', () => {}).end()).listen(0, '127.0.0.1');
    await once(closing, 'listening');
    const address = closing.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const client = clientOf(tlsOf(certificates, 'node2'));
    expect(await failureOf(get(client, `http://127.0.0.1:${port}`))).toMatchObject({
      kind: 'refused',
      code: 'ECONNRESET',
      message: expect.stringContaining('before secure TLS connection'),
    });
    closing.close();
  });
});
