import { type Certificates, createCertificates, createTemporaryDirectory } from '@gridclock/local-service';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceTls } from '../../src/tls/service-tls.ts';
import { clientOf, serveTls, tlsOf } from '../support/tls-server.ts';

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

describe('a new authority', () => {
  it('replaces the old one without a refused request', async () => {
    const [ofServer, ofClient] = [tlsOf(certificates, 'node1'), tlsOf(certificates, 'node2')];
    served = await serveTls(ofServer);
    const { url } = served;
    const client = clientOf(ofClient, 'node');
    const before = tlsOf(certificates, 'node3');
    const inner = async (from = client) => (await from.get(`${url}/inner`)).status;
    const load = (tls: ServiceTls) => expect(tls.load()).toBe(true);
    expect(await inner()).toBe(200);
    for (const command of ['next-authority', 'renew', 'drop-authority'] as const) {
      await certificates.run(command);
      load(ofServer);
      expect(await inner()).toBe(200);
      load(ofClient);
      expect(await inner()).toBe(200);
    }
    // A certificate of the dropped authority is worthless.
    await expect(inner(clientOf(before))).rejects.toThrow();
  });

  it('ends the trust in connections that the dropped one had vouched for', async () => {
    const ofServer = tlsOf(certificates, 'node1');
    served = await serveTls(ofServer);
    const { url } = served;
    const client = clientOf(tlsOf(certificates, 'node2'));
    expect((await client.get(`${url}/inner`)).status).toBe(200);
    for (const command of ['next-authority', 'renew', 'drop-authority'] as const) {
      await certificates.run(command);
      ofServer.load();
    }
    // The same connection, kept alive: no new handshake.
    expect((await client.get(`${url}/open`)).status).toBe(200);
    expect((await client.get(`${url}/inner`)).status).toBe(403);
  });
});
