import { freePort } from '@gridclock/local-service';
import { freePorts, localUrl } from '../docker/ports.ts';
import { withProject } from '../docker/project.ts';
import { waitUntilHealthy } from '../docker/wait-until-healthy.ts';
import type { Checks } from '../report/checks.ts';
import { expectRateLimit, expectStatuses } from './expect-responses.ts';
import { createHttpsClient } from './https-client.ts';
import { createSecret, expectSecretHidden } from './secret.ts';
import type { SecureOptions } from './secure-options.ts';

const suite = 'vector-clock-kv-store';
const nodes = ['node1', 'node2', 'node3'];
const LIMIT_PER_S = 20;

/** Starts the store with its secure file and checks what it exposes and what it refuses. */
export async function checkSecureStore(
  checks: Checks,
  { root, name, folder, caddy }: SecureOptions,
): Promise<void> {
  const clusterToken = await createSecret(folder, 'cluster_token');
  const clientToken = await createSecret(folder, 'client_token');
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
    const started = await checks.check('the secured store starts and hides its token', async () => {
      await project.compose('up', '--detach', '--build');
      await waitUntilHealthy(project, nodes);
      return expectSecretHidden(project, nodes, clusterToken);
    });
    if (!started) return;
    const sendToNode = async (method: string, path: string, token?: string) => {
      const headers = new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` });
      const response = await fetch(`${localUrl(ports.NODE1_PORT)}${path}`, { method, headers });
      return { status: response.status, body: {} };
    };

    await checks.check('nodes serve internal routes only to nodes and refuse fault injection', () =>
      expectStatuses([
        ['POST /replicate without a token', 401, sendToNode('POST', '/replicate')],
        ['POST /replicate with a guessed token', 401, sendToNode('POST', '/replicate', 'guessed')],
        ['GET /snapshot without a token', 401, sendToNode('GET', '/snapshot')],
        ['GET /snapshot with the token', 200, sendToNode('GET', '/snapshot', clusterToken.value)],
        ['POST /faults with the token', 404, sendToNode('POST', '/faults', clusterToken.value)],
      ]),
    );

    const token = clientToken.value;
    await checks.check('the TLS proxy serves reads and writes and hides internal routes', async () => {
      const send = await createHttpsClient(project, 'store_tls', `https://localhost:${httpsPort}`);
      const { body } = await send('POST', '/put', { token, body: { key: 'behind', value: 'TLS' } });
      const context = encodeURIComponent(JSON.stringify(body.vc));
      const read = await send('GET', `/get?key=behind&vc=${context}`, { token });
      if (read.body.value !== 'TLS') throw new Error(`the read returned ${JSON.stringify(read.body)}`);
      const hidden = ['/', '/state', '/metrics', '/members', '/snapshot', '/trace', '/faults', '/ready'];
      return expectStatuses([
        ['GET /get without a token', 401, send('GET', '/get?key=behind')],
        ['GET /get with a guessed token', 401, send('GET', '/get?key=behind', { token: 'guessed' })],
        [
          'POST /replicate with the cluster token',
          404,
          send('POST', '/replicate', { token: clusterToken.value, body: {} }),
        ],
        ...hidden.map((path) => [`GET ${path}`, 404, send('GET', path, { token })] as const),
      ]);
    });

    await checks.check('the store limits the request rate of one client', async () => {
      const send = await createHttpsClient(project, 'store_tls', `https://localhost:${httpsPort}`);
      return expectRateLimit(() => send('GET', '/get?key=behind', { token }), 10 * LIMIT_PER_S);
    });
  });
}
