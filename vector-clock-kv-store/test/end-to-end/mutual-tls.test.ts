import { cp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import { join } from 'node:path';
import { certificatesIn } from '@gridclock/local-service';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runClient } from '../support/run-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { TlsCluster, TOKEN } from '../support/tls-cluster.ts';

const directory = temporaryDirectory();
let cluster: TlsCluster;
const servers: Server[] = [];
beforeEach(async () => {
  cluster = await TlsCluster.plan(directory.path);
});
afterEach(async () => {
  await cluster.stop();
  for (const server of servers.splice(0)) server.close();
});

async function open(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

/** Relays connections to a URL and records all bytes. */
async function recordingRelay(target: string): Promise<{ url: string; recorded: Buffer[] }> {
  const recorded: Buffer[] = [];
  const server = createTcpServer((incoming) => {
    const outgoing = connect(Number(new URL(target).port), '127.0.0.1');
    const record = (bytes: Buffer) => void recorded.push(bytes);
    incoming.on('data', record).on('error', () => outgoing.destroy());
    outgoing.on('data', record).on('error', () => incoming.destroy());
    incoming.pipe(outgoing).pipe(incoming);
  });
  return { url: await open(server), recorded };
}

describe('nodes with mutual TLS', () => {
  it('replicate without showing a byte of a value or of the token on the wire', async () => {
    const { url, recorded } = await recordingRelay(cluster.url('node2'));
    await cluster.start({ node2: url });
    await cluster.client('node1').put('secret', 'a-value-that-nobody-may-read', { acks: 3 });
    const bytes = Buffer.concat(recorded).toString('latin1');
    expect(bytes.length).toBeGreaterThan(1_000);
    expect(bytes).not.toMatch(/a-value-that|the-cluster-token|POST |HTTP\/1/);
  });

  it('serve clients and probes without a certificate, and inner routes only to nodes and operators', async () => {
    await cluster.start();
    const inner = (service: string | undefined, token?: string) =>
      cluster.status('GET', '/snapshot', service, token);
    expect(await cluster.status('GET', '/get?key=x', undefined)).toBe(200);
    expect(await cluster.status('GET', '/ready', undefined)).toBe(200);
    expect(await inner(undefined, TOKEN)).toBe(403);
    expect(await inner('substation', TOKEN)).toBe(403);
    expect(await inner('node2', TOKEN)).toBe(200);
    expect(await inner('operator', TOKEN)).toBe(200);
    expect(await inner('node2')).toBe(401);
    expect(await cluster.status('DELETE', '/members/node3', undefined, TOKEN)).toBe(403);
    expect(await cluster.status('GET', '/members', undefined)).toBe(200);
    for (const [path, status] of [
      ['/ready', 200],
      ['/metrics', 404],
      ['/get?key=x', 404],
    ] as const)
      expect((await fetch(`${cluster.probeUrl('node1')}${path}`)).status).toBe(status);
    await expect(fetch(`${cluster.url('node1')}/health`)).rejects.toThrow();
  });

  it('send nothing to a server that has the certificate of another service', async () => {
    const received: string[] = [];
    const { TLS_CA_FILE: _ca, ...files } = cluster.certificates.variables('substation');
    const { readFileSync } = await import('node:fs');
    const impostor = createServer(
      { cert: readFileSync(files.TLS_CERT_FILE), key: readFileSync(files.TLS_KEY_FILE) },
      (request, response) => {
        received.push(request.url ?? '');
        response.end('{}');
      },
    );
    const url = await open(impostor);
    let handshakes = 0;
    impostor.on('connection', () => {
      handshakes += 1;
    });
    cluster.launch('node1', { node2: url, node3: url });
    await expect.poll(() => handshakes, { timeout: 30_000 }).toBeGreaterThan(1);
    expect(received).toEqual([]);
  });

  it('run the scenarios for the client with an operator certificate', async () => {
    await cluster.start();
    const urls = ['node1', 'node2', 'node3'].map((name) => cluster.url(name)).join(',');
    const variables = cluster.certificates.variables('operator');
    const { all, exitCode } = await runClient(
      ['--nodes', urls, '--token', TOKEN, 'original', 'out-of-order'],
      variables,
    );
    expect({ exitCode, all }).toMatchObject({
      exitCode: 0,
      all: expect.stringContaining('2 passed, 0 failed'),
    });
  });

  it('replace the authority while clients write, without a lost or refused write', async () => {
    await cluster.start();
    const names = ['node1', 'node2', 'node3'];
    await cp(join(directory.path, 'tls'), join(directory.path, 'old'), { recursive: true });
    let writing = true;
    const written: string[] = [];
    const writers = names.map(async (name) => {
      for (let n = 0; writing; n++) {
        // A new client each time: it trusts what the files say now.
        await cluster.client(name).put(`${name} ${n}`, n, { acks: 3 });
        written.push(`${name} ${n}`);
      }
    });
    const rotation = (async () => {
      for (const command of ['next-authority', 'renew', 'drop-authority'] as const) {
        const since = Date.now() / 1_000;
        await cluster.certificates.run(command);
        await cluster.loadedSince(since);
      }
      writing = false;
    })();
    await Promise.all([rotation.finally(() => (writing = false)), ...writers]);
    expect(written.length).toBeGreaterThan(50);
    for (const name of names)
      for (const key of written.slice(-20))
        expect((await cluster.client(name).get(key)).value).not.toBeNull();
    expect(cluster.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    expect(await cluster.status('GET', '/snapshot', 'node2', TOKEN)).toBe(200);
    const old = certificatesIn(join(directory.path, 'old'));
    await cp(old.path('node2', 'cert'), cluster.certificates.path('node2', 'cert'));
    await cp(old.path('node2', 'key'), cluster.certificates.path('node2', 'key'));
    // The nodes keep what they have: a certificate of the dropped authority.
    await expect
      .poll(() => cluster.metric('node2', 'service_reload_failing{files="TLS"}'), { timeout: 15_000 })
      .toBe(1);
    await cluster.client('node1').put('afterwards', 1, { acks: 3 });
  });

  it('refuse to start with a file that is broken, and name its variable', async () => {
    await writeFile(cluster.certificates.path('node1', 'key'), 'no key');
    const { exitCode } = await cluster.launch('node1').exited;
    expect(exitCode).toBe(1);
    expect(cluster.lines).toEqual([expect.stringMatching(/^node: TLS_KEY_FILE holds no private key/)]);
  });
});
