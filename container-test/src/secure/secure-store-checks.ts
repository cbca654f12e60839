import { freePort } from '@gridclock/local-service';
import { waitUntilHealthy } from '../docker/health.ts';
import { freePorts } from '../docker/ports.ts';
import { withProject } from '../docker/with-project.ts';
import type { Checks } from '../report/checks.ts';
import { expectLimit, expectStatuses } from './expect-statuses.ts';
import { httpsClient } from './https-client.ts';
import { expectUnseen, makeSecret } from './secret.ts';
import type { SecureOptions } from './secure-checks.ts';

const suite = 'vector-clock-kv-store';
const nodes = ['node1', 'node2', 'node3'];
const LIMIT_PER_S = 20;

/** Starts the store as others may reach it, and asks it what it must not answer. */
export async function checkSecureStore(
  checks: Checks,
  { root, name, folder, caddy }: SecureOptions,
): Promise<void> {
  const clusterToken = await makeSecret(folder, 'cluster_token');
  const clientToken = await makeSecret(folder, 'client_token');
  const ports = await freePorts();
  const httpsPort = await freePort();
  const environment = {
    ...ports,
    CADDY_IMAGE: caddy,
    TLS_BIND_ADDRESS: '127.0.0.1',
    STORE_HTTPS_PORT: String(httpsPort),
    STORE_RATE_LIMIT_PER_S: String(LIMIT_PER_S),
    STORE_CLIENT_TOKEN: clientToken.value,
    CLUSTER_TOKEN_FILE: clusterToken.file,
  };
  const files = [`${suite}/docker-compose.yml`, `${suite}/docker-compose.secure.yml`];
  await withProject(checks, { name: `${name}-store`, root, files, environment }, async (project) => {
    const started = await checks.check('the secured store starts, with its token as a secret', async () => {
      await project.compose('up', '--detach', '--build');
      await waitUntilHealthy(project, nodes);
      return expectUnseen(project, nodes, clusterToken);
    });
    if (!started) return;
    const direct = async (method: string, path: string, token?: string) => {
      const headers = new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` });
      const response = await fetch(`http://127.0.0.1:${ports.NODE1_PORT}${path}`, { method, headers });
      return { status: response.status, body: {} };
    };

    await checks.check('nodes answer nodes only, and let nobody inject faults', () =>
      expectStatuses([
        ['a write of a stranger', 401, direct('POST', '/replicate')],
        ['a write with a guessed token', 401, direct('POST', '/replicate', 'guessed')],
        ['a stranger who asks for everything', 401, direct('GET', '/snapshot')],
        ['a node that asks for everything', 200, direct('GET', '/snapshot', clusterToken.value)],
        ['a fault', 404, direct('POST', '/faults', clusterToken.value)],
      ]),
    );

    const token = clientToken.value;
    await checks.check(
      'TLS lets clients write and read, and nobody see what nodes say to each other',
      async () => {
        const ask = await httpsClient(project, 'store_tls', `https://localhost:${httpsPort}`);
        const { body } = await ask('POST', '/put', { token, body: { key: 'behind', value: 'TLS' } });
        const context = encodeURIComponent(JSON.stringify(body.vc));
        const read = await ask('GET', `/get?key=behind&vc=${context}`, { token });
        if (read.body.value !== 'TLS') throw new Error(`read ${JSON.stringify(read.body)}`);
        const hidden = ['/', '/state', '/metrics', '/members', '/snapshot', '/trace', '/faults', '/ready'];
        return expectStatuses([
          ['a read without a token', 401, ask('GET', '/get?key=behind')],
          ['a read with a guessed token', 401, ask('GET', '/get?key=behind', { token: 'guessed' })],
          ['a write of a node', 404, ask('POST', '/replicate', { token: clusterToken.value, body: {} })],
          ...hidden.map((path) => [`GET ${path}`, 404, ask('GET', path, { token })] as const),
        ]);
      },
    );

    await checks.check('one client cannot ask without end', async () => {
      const ask = await httpsClient(project, 'store_tls', `https://localhost:${httpsPort}`);
      return expectLimit(() => ask('GET', '/get?key=behind', { token }), 10 * LIMIT_PER_S);
    });
  });
}
