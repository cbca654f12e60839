import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../docker/command.ts';
import { withRemoval } from '../docker/removal.ts';
import type { PartOptions } from '../part.ts';
import type { Checks } from '../report/checks.ts';
import { keepImages } from './built-images.ts';
import { type Cluster, findClusterProgram, startCluster } from './cluster.ts';
import { checkGrid } from './grid-checks.ts';
import { createGuide, type Guide } from './guide.ts';
import { GUIDE, readGuideCommands } from './guide-commands.ts';
import { checkMonitoring, startMonitoring } from './monitoring-checks.ts';
import { checkNetworkPolicies } from './network-policy-checks.ts';
import { checkStore } from './store-checks.ts';
import { checkTls } from './tls-checks.ts';

/** Building with a cold cache takes one to two minutes. */
const DOCKER_TIMEOUT_MS = 8 * 60_000;

/** Follows the Kubernetes README on a real cluster: starts both systems, uses, scales, repairs and watches them. */
export async function checkKubernetes(checks: Checks, { root, print }: PartOptions): Promise<void> {
  const program = await findClusterProgram(root);
  if (program === undefined) {
    print('SKIP  kubernetes: this machine has no ../shared/kubernetes/cluster');
    return;
  }
  const { interrupted } = checks;
  const docker = (...args: string[]) =>
    runCommand('docker', args, { cwd: root, timeoutMs: DOCKER_TIMEOUT_MS, interrupted });
  await withRemoval(checks, await keepImages(docker), async () => {
    let cluster: Cluster | undefined;
    await checks.check('the cluster starts', async () => {
      cluster = await startCluster(program, { root, interrupted });
      return undefined;
    });
    if (cluster === undefined) return;
    const started = cluster;
    await withRemoval(checks, started, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'gridclock-tls-'));
      try {
        const commands = readGuideCommands(await readFile(join(root, GUIDE), 'utf8'));
        await followGuide(checks, started, createGuide(started, commands, folder));
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });
}

async function followGuide(checks: Checks, cluster: Cluster, guide: Guide): Promise<void> {
  await checks.check('the images build and load', async () => {
    await guide.run('build', 'load');
    return undefined;
  });
  const isReady = await checks.check(
    'both systems become ready under the restricted pod standard',
    async () => {
      await guide.run('createNamespace', 'restrictPods', 'createClusterToken', 'createAdminToken');
      await guide.run('apply', 'awaitStore', 'awaitSubstations', 'awaitBalancer', 'awaitEntry');
      return undefined;
    },
  );
  if (!isReady) return;
  await checkNetworkPolicies(checks, cluster);
  // Early, because the kubelet takes up to a minute to hand a changed configuration to Prometheus.
  const isWatched = await startMonitoring(checks, cluster, guide);
  // The systems are independent, so their checks run at the same time.
  await Promise.all([checkStore(checks, cluster, guide), checkGrid(checks, cluster, guide)]);
  if (isWatched) await checkMonitoring(checks, cluster);
  // Last, because the other checks use HTTP.
  await checkTls(checks, cluster, guide);
  await checks.check('every command of the README that can run here has run', async () => {
    const remaining = guide.remaining();
    if (remaining.length > 0) throw new Error(`not run: ${remaining.join(', ')}`);
    return undefined;
  });
}
