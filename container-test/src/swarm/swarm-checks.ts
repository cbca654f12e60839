import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../docker/ports.ts';
import { withProject } from '../docker/project.ts';
import { withRemoval } from '../docker/removal.ts';
import type { PartOptions } from '../part.ts';
import type { Checks } from '../report/checks.ts';
import { createSecret } from '../secure/secret.ts';
import { enterSwarm } from './single-machine-swarm.ts';
import { createStack } from './stack.ts';
import { checkStack } from './stack-checks.ts';
import { checkTlsStack, createTlsSecrets } from './tls-stack-checks.ts';

/** The services whose images the stack uses. */
const builtServices = ['substation_1', 'load_balancer', 'charge_request_service', 'node1'];

/** Deploys the stack on a single-machine swarm, scales and updates it under load, and removes it. */
export async function checkSwarm(checks: Checks, { root, seed, print, ...part }: PartOptions): Promise<void> {
  const name = `${part.name}-swarm`;
  await withProject(checks, { name, root, file: 'docker-compose.yml', environment: {} }, async (project) => {
    await checks.check("the stack's images build", async () => {
      await project.compose('build', ...builtServices);
      return undefined;
    });
    const swarm = await enterSwarm(project.docker);
    const folder = await mkdtemp(join(tmpdir(), 'gridclock-swarm-'));
    await withRemoval(checks, swarm, async () => {
      const cluster = await createSecret(folder, 'cluster_token');
      const admin = await createSecret(folder, 'admin_token');
      const ports = await freePorts();
      const environment = {
        ...ports,
        IMAGE_PREFIX: name,
        // Publishing on the host needs no IPVS in its kernel; the entry's two tasks take any free port.
        PUBLISH_MODE: 'host',
        CHARGE_REQUEST_PORT: '0',
        // Grafana's image is not available everywhere.
        GRAFANA_REPLICAS: '0',
      };
      const secrets = { cluster_token: cluster.file, admin_token: admin.file };
      // Short: config names begin with it and have at most 64 characters.
      const stack = await createStack({ project, root, name: part.name, environment, secrets });
      const tokens = { cluster: cluster.value, admin: admin.value };
      await withRemoval(checks, stack, () =>
        checkStack(checks, { imagePrefix: name, seed, print, stack, ports, tokens }),
      );
      const tls = await createTlsSecrets(folder);
      const urls = {
        NODE1_URL: `https://localhost:${ports.NODE1_PORT}`,
        NODE2_URL: `https://localhost:${ports.NODE2_PORT}`,
        NODE3_URL: `https://localhost:${ports.NODE3_PORT}`,
      };
      const tlsStack = await createStack({
        project,
        root,
        name: `${part.name}-tls`,
        environment: { ...environment, ...urls, CURL_CA_BUNDLE: tls.certificates.path('operator', 'ca') },
        secrets: { ...secrets, ...tls.secrets },
      });
      await withRemoval(checks, tlsStack, () =>
        checkTlsStack(checks, {
          stack: tlsStack,
          certificates: tls.certificates,
          ports,
          clusterToken: cluster,
        }),
      );
    });
    await rm(folder, { recursive: true });
  });
}
