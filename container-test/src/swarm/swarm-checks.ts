import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../docker/ports.ts';
import { withProject } from '../docker/with-project.ts';
import { withRemoval } from '../docker/with-removal.ts';
import type { PartOptions } from '../part.ts';
import type { Checks } from '../report/checks.ts';
import { makeSecret } from '../secure/secret.ts';
import { enterSwarm } from './single-machine-swarm.ts';
import { createStack } from './stack.ts';
import { checkDeployed } from './stack-checks.ts';

const files = ['smart-grid-load-balancer/docker-compose.yml', 'vector-clock-kv-store/docker-compose.yml'];

/** Those that the stack's images are named after. */
const built = ['substation_1', 'load_balancer', 'charge_request_service', 'node1'];

/** Deploys the stack on a swarm of this machine, scales and updates it under load, and removes it. */
export async function checkSwarm(checks: Checks, { root, seed, write, ...part }: PartOptions): Promise<void> {
  const name = `${part.name}-swarm`;
  await withProject(checks, { name, root, files, environment: {} }, async (project) => {
    await checks.check("the stack's images build", async () => {
      await project.compose('build', ...built);
      return undefined;
    });
    const swarm = await enterSwarm(project);
    const folder = await mkdtemp(join(tmpdir(), 'gridclock-swarm-'));
    await withRemoval(checks, swarm, async () => {
      const cluster = await makeSecret(folder, 'cluster_token');
      const admin = await makeSecret(folder, 'admin_token');
      const ports = await freePorts();
      const stack = await createStack({
        project,
        root,
        // Short, as the names of configs begin with it, and have 64 characters at most.
        name: part.name,
        environment: {
          ...ports,
          IMAGE_PREFIX: name,
          // On the machine itself, which needs no IPVS in its kernel; the entry's two tasks take any port.
          PUBLISH_MODE: 'host',
          CHARGE_REQUEST_PORT: '0',
          // Its image cannot be had everywhere.
          GRAFANA_REPLICAS: '0',
        },
        secrets: { cluster_token: cluster.file, admin_token: admin.file },
      });
      const tokens = { cluster: cluster.value, admin: admin.value };
      await withRemoval(checks, stack, () =>
        checkDeployed(checks, { name, seed, write, stack, ports, tokens }),
      );
    });
    await rm(folder, { recursive: true });
  });
}
