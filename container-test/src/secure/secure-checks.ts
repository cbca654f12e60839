import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificates, freePort } from '@gridclock/local-service';
import { freePorts } from '../docker/ports.ts';
import { withProject } from '../docker/project.ts';
import type { PartOptions } from '../part.ts';
import type { Checks } from '../report/checks.ts';
import { expectGuide } from '../suites/expect-guide.ts';
import { checkMutualTls } from './mutual-tls-checks.ts';
import { checkRotation } from './rotation-checks.ts';
import { createSecret, expectSecretHidden } from './secret.ts';
import { checkSecureGrid } from './secure-grid-checks.ts';
import { checkSecureStore } from './secure-store-checks.ts';

const nodes = ['node1', 'node2', 'node3'];
const administered = ['substation_1', 'substation_2', 'substation_3', 'load_balancer'];

/** Low, so that a burst of requests exceeds it. */
const LIMIT_PER_S = 20;

/** Starts both suites from the root's secure file: secrets, rate limits, and a TLS proxy in front of each. */
export async function checkSecureSuites(checks: Checks, { root, ...part }: PartOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gridclock-secrets-'));
  try {
    const clusterToken = await createSecret(folder, 'cluster_token');
    const adminToken = await createSecret(folder, 'admin_token');
    const clientToken = await createSecret(folder, 'client_token');
    const certificates = await createCertificates(join(folder, 'tls'));
    const ports = await freePorts();
    const [storePort, httpPort, httpsPort] = [await freePort(), await freePort(), await freePort()];
    const environment = {
      ...ports,
      TLS_BIND_ADDRESS: '127.0.0.1',
      STORE_HTTPS_PORT: `${storePort}`,
      HTTP_PORT: `${httpPort}`,
      HTTPS_PORT: `${httpsPort}`,
      STORE_RATE_LIMIT_PER_S: `${LIMIT_PER_S}`,
      GRID_RATE_LIMIT_PER_S: `${LIMIT_PER_S}`,
      STORE_CLIENT_TOKEN_FILE: clientToken.file,
      TLS_FOLDER: join(folder, 'tls'),
      CLUSTER_TOKEN_FILE: clusterToken.file,
      ADMIN_TOKEN_FILE: adminToken.file,
      GRAFANA_ADMIN_PASSWORD: 'unused: Grafana does not run',
    };
    const options = { name: `${part.name}-secure`, root, file: 'docker-compose.secure.yml', environment };
    await withProject(checks, options, async (project) => {
      const started = await checks.check('both secured suites start and hide their tokens', async () => {
        await project.compose('up', '--detach', '--build', '--wait', 'store_tls', 'grid_tls', 'guide');
        await expectSecretHidden(project, administered, adminToken);
        return expectSecretHidden(project, [...nodes, ...administered], clusterToken);
      });
      if (!started) return;
      await checks.check('the guide names the addresses behind TLS', () =>
        expectGuide(project, [
          `https://localhost:${storePort}`,
          `https://localhost:${httpsPort}`,
          'docker compose -f docker-compose.secure.yml run --rm client original chain',
        ]),
      );
      const mutualTls = {
        project,
        root,
        certificates,
        strangers: await createCertificates(join(folder, 'strangers')),
        ports,
        clusterToken,
        clientToken,
        storePort,
        gridPort: httpsPort,
      };
      await checkMutualTls(checks, mutualTls);
      await checkSecureStore(checks, {
        project,
        certificates,
        nodePort: ports.NODE1_PORT,
        httpsPort: storePort,
        clusterToken: clusterToken.value,
        clientToken: clientToken.value,
        limitPerS: LIMIT_PER_S,
      });
      await checkSecureGrid(checks, {
        project,
        certificates,
        balancerPort: ports.LOAD_BALANCER_PORT,
        httpPort,
        httpsPort,
        adminToken: adminToken.value,
        limitPerS: LIMIT_PER_S,
      });
      await checkRotation(checks, mutualTls);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
