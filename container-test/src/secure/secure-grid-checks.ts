import { freePort } from '@gridclock/local-service';
import { waitUntilHealthy } from '../docker/health.ts';
import { freePorts } from '../docker/ports.ts';
import { withProject } from '../docker/with-project.ts';
import type { Checks } from '../report/checks.ts';
import { expectLimit, expectStatuses } from './expect-statuses.ts';
import { httpsClient } from './https-client.ts';
import { expectUnseen, makeSecret } from './secret.ts';
import type { SecureOptions } from './secure-checks.ts';

const suite = 'smart-grid-load-balancer';
const administered = ['substation_1', 'substation_2', 'substation_3', 'load_balancer'];
const LIMIT_PER_S = 20;

/** Starts the grid as the public may reach it, and asks it what it must not answer. */
export async function checkSecureGrid(
  checks: Checks,
  { root, name, folder, caddy }: SecureOptions,
): Promise<void> {
  const adminToken = await makeSecret(folder, 'admin_token');
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
    GRAFANA_ADMIN_PASSWORD: 'not used: Grafana is not started',
    ADMIN_TOKEN_FILE: adminToken.file,
  };
  const files = [`${suite}/docker-compose.yml`, `${suite}/docker-compose.secure.yml`];
  await withProject(checks, { name: `${name}-grid`, root, files, environment }, async (project) => {
    const services = [...administered, 'charge_request_service'];
    const started = await checks.check('the secured grid starts, with its token as a secret', async () => {
      await project.compose('up', '--detach', '--build', ...services, 'grid_tls');
      await waitUntilHealthy(project, services);
      return expectUnseen(project, administered, adminToken);
    });
    if (!started) return;

    await checks.check('only the administrator adds substations', () => {
      const add = async (token: string) => {
        const response = await fetch(`http://127.0.0.1:${ports.LOAD_BALANCER_PORT}/substations`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({ id: 'substation_4', url: 'http://substation_4:8001' }),
        });
        return { status: response.status, body: {} };
      };
      return expectStatuses([
        ['a stranger', 401, add('guessed')],
        ['the administrator', 201, add(adminToken.value)],
      ]);
    });

    const good = { vehicle_id: 'EV_1000', charge_amount: 7 };
    await checks.check('TLS lets drivers charge, and nobody see the inside', async () => {
      const ask = await httpsClient(project, 'grid_tls', `https://localhost:${httpsPort}`);
      const { status, body } = await ask('POST', '/charge', { body: good });
      if (status !== 200) throw new Error(`a charge was answered ${status}: ${JSON.stringify(body)}`);
      const plain = await fetch(`http://localhost:${httpPort}/charge`, { redirect: 'manual' });
      return expectStatuses([
        ['the session', 200, ask('GET', `/sessions/${body.session_id}`)],
        ['the status', 200, ask('GET', '/status')],
        ['a wrong charge', 400, ask('POST', '/charge', { body: { ...good, charge_amount: -1 } })],
        ['plain HTTP', 308, Promise.resolve({ status: plain.status, body: {} })],
        ['all sessions', 404, ask('GET', '/sessions')],
        ['the metrics', 404, ask('GET', '/metrics')],
        ['the readiness', 404, ask('GET', '/ready')],
      ]);
    });

    await checks.check('one driver cannot ask without end', async () => {
      const ask = await httpsClient(project, 'grid_tls', `https://localhost:${httpsPort}`);
      return expectLimit(() => ask('GET', '/status'), 10 * LIMIT_PER_S);
    });
  });
}
