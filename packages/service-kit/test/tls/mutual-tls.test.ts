import { appendFile, copyFile, cp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  type Certificates,
  certificatesIn,
  createCertificates,
  createTemporaryDirectory,
} from '@gridclock/local-service';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { transportFailure } from '../../src/outbound/http-client.ts';
import { createRegistry } from '../../src/requests/metrics.ts';
import { publishExpiry } from '../../src/tls/certificate-metrics.ts';
import { rolesIn } from '../../src/tls/peer-role.ts';
import { ServiceTls } from '../../src/tls/service-tls.ts';
import { tlsPaths } from '../../src/tls/tls-variables.ts';
import { clientOf, tlsOf as readTls, serveTls } from '../support/tls-server.ts';

type Folder = { path: string; remove: () => Promise<void> };

let folder: Folder;
let strangers: Certificates;
let certificates: Certificates;
beforeAll(async () => {
  folder = await createTemporaryDirectory();
  strangers = await createCertificates(join(folder.path, 'strangers'));
  await createCertificates(join(folder.path, 'template'));
});
afterAll(() => folder.remove());

let own: Folder;
let served: Awaited<ReturnType<typeof serveTls>> | undefined;
beforeEach(async () => {
  own = await createTemporaryDirectory();
  // Tests change them, and making them takes a second.
  await cp(join(folder.path, 'template'), own.path, { recursive: true });
  certificates = certificatesIn(own.path);
});
afterEach(async () => {
  served?.stop();
  await own.remove();
});

const tlsOf = (service: string, from = certificates) => readTls(from, service);

/** Serves until the end of the test. */
async function serve(tls: ServiceTls): Promise<string> {
  served = await serveTls(tls);
  return served.url;
}

describe('mutual TLS', () => {
  it('lets a node call a node, also by an http:// URL', async () => {
    const url = await serve(tlsOf('node1'));
    const { status, data } = await clientOf(tlsOf('node2'), 'node').get(`${url}/inner`);
    expect({ status, data }).toEqual({ status: 200, data: 'inner' });
  });

  it('serves open routes to a client without a certificate, and refuses inner ones', async () => {
    const url = await serve(tlsOf('node1'));
    const tool = new ServiceTls({ paths: { ca: certificates.path('node1', 'ca') }, wallClock: Date.now });
    expect((await clientOf(tool).get(`${url}/open`)).status).toBe(200);
    const { status, data } = await clientOf(tool).get(`${url}/inner`);
    expect(status).toBe(403);
    expect(data).toMatchObject({
      error: expect.stringContaining('node or operator'),
      code: 'certificate_required',
    });
  });

  it.each([
    ['node2', 200],
    ['operator', 200],
    ['substation', 403],
    ['load_balancer', 403],
  ])('answers %s at an inner route with %i', async (service, expected) => {
    const url = await serve(tlsOf('node1'));
    expect((await clientOf(tlsOf(service)).get(`${url}/inner`)).status).toBe(expected);
  });

  it('refuses a node of another authority', async () => {
    const url = await serve(tlsOf('node1'));
    const foreign = certificates.variables('node2');
    await copyFile(strangers.path('node2', 'cert'), foreign.TLS_CERT_FILE);
    await copyFile(strangers.path('node2', 'key'), foreign.TLS_KEY_FILE);
    // It trusts this authority, but has its certificate from another one.
    await appendFile(foreign.TLS_CA_FILE, await readFile(strangers.path('node2', 'ca')));
    expect((await clientOf(tlsOf('node2')).get(`${url}/inner`)).status).toBe(403);
  });

  it.each([
    ['another authority', () => tlsOf('node1', strangers), 'node', /SELF_SIGNED|UNABLE_TO_VERIFY|issuer/],
    ['another role', () => tlsOf('substation'), 'node', /ERR_TLS_PEER_ROLE/],
  ])('sends nothing to a server of %s', async (_what, impostor, role, reason) => {
    let requests = 0;
    const url = await serve(impostor());
    served?.server.on('request', () => {
      requests += 1;
    });
    const failure = await clientOf(tlsOf('node2'), role)
      .get(`${url}/open`)
      .catch((error: unknown) => transportFailure(error));
    expect(failure).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) });
    expect(requests).toBe(0);
  });

  it('sends nothing to a server with another name', async () => {
    const url = (await serve(tlsOf('node1'))).replace('127.0.0.1', '127.0.0.2');
    const failure = await clientOf(tlsOf('node2')).get(url).catch(transportFailure);
    expect(failure).toMatchObject({ kind: 'refused' });
  });

  it('serves clients while others never complete their handshakes', async () => {
    const url = await serve(tlsOf('node1'));
    const { hostname, port } = new URL(url);
    let closed = 0;
    const silent = Array.from({ length: 300 }, () =>
      connect(Number(port), hostname).on('close', () => {
        closed += 1;
      }),
    );
    await expect.poll(() => closed).toBe(300 - 256);
    expect((await clientOf(tlsOf('node2'), 'node').get(`${url}/inner`)).status).toBe(200);
    for (const socket of silent) socket.destroy();
  });

  it('does not answer plain HTTP', async () => {
    const url = await serve(tlsOf('node1'));
    await expect(fetch(`${url}/open`)).rejects.toThrow();
  });
});

describe('the files', () => {
  it.each([
    ['TLS_CA_FILE', 'ca', 'nothing', 'holds no valid certificate'],
    [
      'TLS_CERT_FILE',
      'cert',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      'holds no valid certificate',
    ],
    ['TLS_KEY_FILE', 'key', '', 'holds no private key'],
  ] as const)('are an error that names %s if it is broken', async (variable, file, text, message) => {
    await writeFile(certificates.path('node1', file), text);
    expect(() => tlsOf('node1')).toThrow(new RegExp(`^${variable} .*${message}`));
  });

  it('may hold the certificate and its key in one, as a secret of Swarm', async () => {
    const both = certificates.path('node1', 'cert');
    await appendFile(both, await readFile(certificates.path('node1', 'key')));
    await copyFile(both, certificates.path('node1', 'key'));
    const url = await serve(tlsOf('node1'));
    expect((await clientOf(tlsOf('node2'), 'node').get(`${url}/inner`)).status).toBe(200);
  });

  it('are an error if they do not belong together', async () => {
    await copyFile(certificates.path('node2', 'key'), certificates.path('node1', 'key'));
    expect(() => tlsOf('node1')).toThrow(/^TLS_KEY_FILE is not the key of the certificate/);
    await copyFile(strangers.path('node2', 'ca'), certificates.path('node2', 'ca'));
    expect(() => tlsOf('node2')).toThrow(/^TLS_CERT_FILE .* is not signed by an authority in TLS_CA_FILE/);
  });

  it('are an error if the certificate is of another service', () => {
    expect(() => readTls(certificates, 'substation', 'node')).toThrow(
      /^TLS_CERT_FILE has no alternative name URI:spiffe:\/\/gridclock\/node/,
    );
  });

  it('are an error if the certificate has expired', () => {
    const paths = tlsPaths(certificates.variables('node1'));
    if (paths === undefined) throw new Error('no paths');
    const inTwoYears = () => Date.now() + 2 * 365 * 86_400_000;
    expect(() => new ServiceTls({ paths, wallClock: inTwoYears })).toThrow(/^TLS_CERT_FILE expired on /);
  });

  it('are an error if only some are set', () => {
    const { TLS_CA_FILE, TLS_CERT_FILE } = certificates.variables('node1');
    expect(() => tlsPaths({ TLS_CA_FILE, TLS_CERT_FILE })).toThrow(/^TLS_KEY_FILE is not set/);
  });

  it('change nothing if they cannot be used', async () => {
    const tls = tlsOf('node1');
    await writeFile(certificates.path('node1', 'cert'), 'broken');
    expect(() => tls.load()).toThrow('TLS_CERT_FILE');
    const url = await serve(tls);
    expect((await clientOf(tlsOf('node2'), 'node').get(`${url}/inner`)).status).toBe(200);
  });
});

describe('the metric of the expiry', () => {
  it('counts the seconds of the certificate and of the authority', async () => {
    const registry = createRegistry();
    publishExpiry(tlsOf('node1'), registry, Date.now);
    const text = await registry.getSingleMetricAsString('tls_certificate_expiry_seconds');
    const seconds = (name: string) => Number(new RegExp(`certificate="${name}"} (\\S+)`).exec(text)?.[1]);
    expect(seconds('own')).toBeGreaterThan(364 * 86_400);
    expect(seconds('own')).toBeLessThanOrEqual(365 * 86_400);
    expect(seconds('ca')).toBeGreaterThan(3_600 * 86_400);
  });
});

describe('the roles in a certificate', () => {
  it.each([
    ['DNS:node1, URI:spiffe://gridclock/node', ['node']],
    ['URI:spiffe://gridclock/node, URI:spiffe://gridclock/operator', ['node', 'operator']],
    ['URI:spiffe://elsewhere/node, DNS:spiffe://gridclock/node', []],
    ['DNS:"a, URI:spiffe://gridclock/node"', []],
    ['DNS:"a\\", URI:spiffe://gridclock/node"', []],
    [undefined, []],
  ])('of %j are %j', (names, roles) => {
    expect(rolesIn(names)).toEqual(roles);
  });
});
