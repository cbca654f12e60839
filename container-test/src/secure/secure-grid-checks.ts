import { freePort } from '@gridclock/local-service';
import { freePorts, localUrl } from '../docker/ports.ts';
import { withProject } from '../docker/project.ts';
import { waitUntilHealthy } from '../docker/wait-until-healthy.ts';
import type { Checks } from '../report/checks.ts';
import { expectRateLimit, expectStatuses } from './expect-responses.ts';
import { createHttpsClient } from './https-client.ts';
import { createSecret, expectSecretHidden } from './secret.ts';
import type { SecureOptions } from './secure-options.ts';

const suite = 'smart-grid-load-balancer';
const administered = ['substation_1', 'substation_2', 'substation_3', 'load_balancer'];
const LIMIT_PER_S = 20;

/** Starts the grid with its secure file and checks what it exposes and what it refuses. */
export async function checkSecureGrid(
  checks: Checks,
  { root, name, folder, caddy }: SecureOptions,
): Promise<void> {
  const adminToken = await createSecret(folder, 'admin_token');
  const ports = await freePorts();
  const httpPort = await freePort();
  const httpsPort = await freePort();
  const environment = {
    ...ports,
    CADDY_IMAGE: caddy,
    TLS_BIND_ADDRESS: '127.0.0.1',
    HTTP_PORT: String(httpPort),
    HTTPS_PORT: String(httpsPort),
    GRID_RATE_LIMIT_PER_S: String(LIMIT_PER_S),
    GRAFANA_ADMIN_PASSWORD: 'unused: Grafana does not run',
    ADMIN_TOKEN_FILE: adminToken.file,
  };
  const files = [`${suite}/docker-compose.yml`, `${suite}/docker-compose.secure.yml`];
  await withProject(checks, { name: `${name}-grid`, root, files, environment }, async (project) => {
    const services = [...administered, 'charge_request_service'];
    const started = await checks.check('the secured grid starts and hides its token', async () => {
      await project.compose('up', '--detach', '--build', ...services, 'grid_tls');
      await waitUntilHealthy(project, services);
      return expectSecretHidden(project, administered, adminToken);
    });
    if (!started) return;

    await checks.check('only the administrator can add substations', () => {
      const add = async (token: string) => {
        const response = await fetch(`${localUrl(ports.LOAD_BALANCER_PORT)}/substations`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({ id: 'substation_4', url: 'http://substation_4:8001' }),
        });
        return { status: response.status, body: {} };
      };
      return expectStatuses([
        ['POST /substations with a guessed token', 401, add('guessed')],
        ['POST /substations with the token', 201, add(adminToken.value)],
      ]);
    });

    const charge = { vehicle_id: 'EV_1000', charge_amount: 7 };
    await checks.check('the TLS proxy accepts charges and hides internal routes', async () => {
      const send = await createHttpsClient(project, 'grid_tls', `https://localhost:${httpsPort}`);
      const { status, body } = await send('POST', '/charge', { body: charge });
      if (status !== 200) throw new Error(`a charge got ${status}: ${JSON.stringify(body)}`);
      const plain = await fetch(`http://localhost:${httpPort}/charge`, { redirect: 'manual' });
      return expectStatuses([
        ['GET of the session', 200, send('GET', `/sessions/${body.session_id}`)],
        ['GET /status', 200, send('GET', '/status')],
        ['an invalid charge', 400, send('POST', '/charge', { body: { ...charge, charge_amount: -1 } })],
        ['plain HTTP', 308, Promise.resolve({ status: plain.status, body: {} })],
        ['GET /sessions', 404, send('GET', '/sessions')],
        ['GET /metrics', 404, send('GET', '/metrics')],
        ['GET /ready', 404, send('GET', '/ready')],
      ]);
    });

    await checks.check('the grid limits the request rate of one driver', async () => {
      const send = await createHttpsClient(project, 'grid_tls', `https://localhost:${httpsPort}`);
      return expectRateLimit(() => send('GET', '/status'), 10 * LIMIT_PER_S);
    });
  });
}
