import type { Certificates } from '@gridclock/local-service';
import { localUrl } from '../docker/ports.ts';
import type { Project } from '../docker/project.ts';
import type { Checks } from '../report/checks.ts';
import { expectRateLimit, expectStatuses } from './expect-responses.ts';
import { createHttpsClient } from './https-client.ts';
import { expectOnlyServed } from './proxied-paths.ts';
import { expectProxyProblems } from './proxy-problems.ts';
import { serviceClient } from './service-client.ts';

export type SecureStoreOptions = {
  project: Project;
  certificates: Certificates;
  /** The published port of node1, which skips the proxy. */
  nodePort: string;
  /** The published port of the proxy. */
  httpsPort: number;
  clusterToken: string;
  clientToken: string;
  /** The requests per second that one client may send. */
  limitPerS: number;
};

/** Checks what the running, secured store exposes and what it refuses. */
export async function checkSecureStore(checks: Checks, options: SecureStoreOptions): Promise<void> {
  const { project, certificates, nodePort, httpsPort, clusterToken, clientToken: token, limitPerS } = options;
  const operator = serviceClient(certificates, 'operator');
  const sendToNode = (method: string, path: string, token?: string) =>
    operator(method, `${localUrl(nodePort)}${path}`, { token });

  await checks.check('nodes serve internal routes only to nodes and refuse fault injection', () =>
    expectStatuses([
      ['POST /replicate without a token', 401, sendToNode('POST', '/replicate')],
      ['POST /replicate with a guessed token', 401, sendToNode('POST', '/replicate', 'guessed')],
      ['GET /snapshot without a token', 401, sendToNode('GET', '/snapshot')],
      ['GET /snapshot with the token', 200, sendToNode('GET', '/snapshot', clusterToken)],
      ['POST /faults with the token', 404, sendToNode('POST', '/faults', clusterToken)],
    ]),
  );

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
        send('POST', '/replicate', { token: clusterToken, body: {} }),
      ],
      ...hidden.map((path) => [`GET ${path}`, 404, send('GET', path, { token })] as const),
    ]);
  });

  await checks.check(
    'the TLS proxy hides internal routes of the store in every form of their paths',
    async () => {
      const send = await createHttpsClient(project, 'store_tls', `https://localhost:${httpsPort}`);
      const paths = {
        served: ['/put', '/write', '/get', '/delete', '/watch'],
        hidden: ['/state', '/metrics', '/members', '/snapshot', '/replicate', '/claims', '/trace', '/ready'],
        open: ['/read/'],
      };
      return expectOnlyServed(send, paths, token);
    },
  );

  await checks.check('errors of the TLS proxy of the store have the shape of the services', async () => {
    const send = await createHttpsClient(project, 'store_tls', `https://localhost:${httpsPort}`);
    const tooLarge = { key: 'k', value: 'x'.repeat(2_200_000) };
    return expectProxyProblems(send, [
      { status: 401, code: 'unauthorized', send: ['GET', '/get?key=behind'] },
      { status: 404, code: 'not_found', send: ['GET', '/state', { token }] },
      { status: 413, code: 'content_too_large', send: ['POST', '/put', { token, body: tooLarge }] },
      {
        status: 421,
        code: 'unknown_host',
        send: ['GET', '/get?key=behind', { token, headers: { host: 'other.example' } }],
      },
    ]);
  });

  await checks.check('the TLS proxy of the store ignores the case of the scheme of a token', async () => {
    const send = await createHttpsClient(project, 'store_tls', `https://localhost:${httpsPort}`);
    const read = (authorization: string) => send('GET', '/get?key=behind', { headers: { authorization } });
    return expectStatuses([
      ['bearer', 200, read(`bearer ${token}`)],
      ['BEARER', 200, read(`BEARER  ${token}`)],
      ['Basic', 401, read(`Basic ${token}`)],
      ['a placeholder of Caddy', 401, read('Bearer {file./run/secrets/client_token}')],
    ]);
  });

  await checks.check('the client writes and reads in the secured stack', async () => {
    const client = (...args: string[]) => project.compose('run', '--rm', '-T', 'client', ...args);
    await client('put', 'typed', '1');
    const read = await client('get', 'typed', '--json');
    if (!read.includes('"value":1')) throw new Error(`get printed ${read}`);
    return undefined;
  });

  await checks.check('the store limits the request rate of one client', async () => {
    const send = await createHttpsClient(project, 'store_tls', `https://localhost:${httpsPort}`);
    return expectRateLimit(() => send('GET', '/get?key=behind', { token }), 10 * limitPerS);
  });
}
