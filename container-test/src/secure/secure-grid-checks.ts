import type { Certificates } from '@gridclock/local-service';
import { z } from 'zod';
import { localUrl } from '../docker/ports.ts';
import type { Project } from '../docker/project.ts';
import type { Checks } from '../report/checks.ts';
import { expectRateLimit, expectStatuses } from './expect-responses.ts';
import { createHttpsClient } from './https-client.ts';
import { expectOnlyServed } from './proxied-paths.ts';
import { expectProxyProblems } from './proxy-problems.ts';
import { serviceClient } from './service-client.ts';

export type SecureGridOptions = {
  project: Project;
  certificates: Certificates;
  /** The published port of the balancer, which skips the proxy. */
  balancerPort: string;
  /** The published ports of the proxy. */
  httpPort: number;
  httpsPort: number;
  adminToken: string;
  /** The requests per second that one driver may send. */
  limitPerS: number;
};

/** Checks what the running, secured grid exposes and what it refuses. */
export async function checkSecureGrid(checks: Checks, options: SecureGridOptions): Promise<void> {
  const { project, certificates, balancerPort, httpPort, httpsPort, adminToken, limitPerS } = options;
  await checks.check('only the administrator can add substations', () => {
    const operator = serviceClient(certificates, 'operator');
    const body = { id: 'substation_4', url: 'http://substation_4:8001' };
    const add = (token: string) => operator('POST', `${localUrl(balancerPort)}/substations`, { token, body });
    return expectStatuses([
      ['POST /substations with a guessed token', 401, add('guessed')],
      ['POST /substations with the token', 201, add(adminToken)],
    ]);
  });

  await checks.check('only the administrator lists all sessions', () => {
    const operator = serviceClient(certificates, 'operator');
    const list = async (token?: string) => {
      const response = await operator('GET', `${localUrl(balancerPort)}/sessions`, { token });
      const listed = z.object({ unreachable_substations: z.array(z.string()) });
      const { data } = listed.safeParse(response.body);
      // The one that was added above does not exist.
      const unreachable = data?.unreachable_substations.filter((id) => id !== 'substation_4') ?? [];
      if (unreachable.length > 0) throw new Error(`the balancer may not list ${unreachable}`);
      return response;
    };
    return expectStatuses([
      ['GET /sessions without a token', 401, list()],
      ['GET /sessions with a guessed token', 401, list('guessed')],
      ['GET /sessions with the token', 200, list(adminToken)],
    ]);
  });

  const charge = { vehicle_id: 'EV_1000', charge_amount: 7 };
  await checks.check('the TLS proxy accepts charges and hides internal routes', async () => {
    const send = await createHttpsClient(project, 'grid_tls', `https://localhost:${httpsPort}`);
    const { status, body } = await send('POST', '/charge', { body: charge });
    if (status !== 200) throw new Error(`a charge got ${status}: ${JSON.stringify(body)}`);
    const plain = await fetch(`http://localhost:${httpPort}/charge`, { redirect: 'manual' });
    const path = `/sessions/${body.session_id}`;
    const token = z.string().parse(body.session_secret);
    return expectStatuses([
      ['GET of the session', 200, send('GET', path, { token })],
      ['GET of the session without its secret', 401, send('GET', path)],
      ['GET of the session with a guessed secret', 401, send('GET', path, { token: `${token}x` })],
      ['GET /status', 200, send('GET', '/status')],
      ['an invalid charge', 400, send('POST', '/charge', { body: { ...charge, charge_amount: -1 } })],
      ['plain HTTP', 308, Promise.resolve({ status: plain.status, body: {} })],
      ['GET /sessions', 404, send('GET', '/sessions')],
      ['GET /metrics', 404, send('GET', '/metrics')],
      ['GET /ready', 404, send('GET', '/ready')],
    ]);
  });

  await checks.check(
    'the TLS proxy hides internal routes of the grid in every form of their paths',
    async () => {
      const send = await createHttpsClient(project, 'grid_tls', `https://localhost:${httpsPort}`);
      return expectOnlyServed(send, {
        served: ['/charge', '/request_charge', '/status', '/health'],
        hidden: ['/sessions', '/metrics', '/ready'],
        open: ['/sessions/'],
      });
    },
  );

  await checks.check('errors of the TLS proxy of the grid have the shape of the services', async () => {
    const send = await createHttpsClient(project, 'grid_tls', `https://localhost:${httpsPort}`);
    const tooLarge = { ...charge, note: 'x'.repeat(70_000) };
    return expectProxyProblems(send, [
      { status: 404, code: 'not_found', send: ['GET', '/metrics'] },
      { status: 413, code: 'content_too_large', send: ['POST', '/charge', { body: tooLarge }] },
      { status: 421, code: 'unknown_host', send: ['GET', '/status', { headers: { host: 'other.example' } }] },
    ]);
  });

  await checks.check('the grid limits the request rate of one driver', async () => {
    const send = await createHttpsClient(project, 'grid_tls', `https://localhost:${httpsPort}`);
    return expectRateLimit(() => send('GET', '/status'), 10 * limitPerS);
  });
}
