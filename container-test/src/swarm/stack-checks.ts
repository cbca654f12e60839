import type { Ports } from '../docker/ports.ts';
import { expectTargetsUp } from '../prometheus/expect-targets-up.ts';
import type { Checks } from '../report/checks.ts';
import { addressesOf, publishedUrls } from './addresses.ts';
import { expectEncryptedNetworks } from './encrypted-networks.ts';
import { failingImage, otherTag } from './images.ts';
import { expectRollback } from './rollback.ts';
import { checkRollingUpdate } from './rolling-update-check.ts';
import { checkScaling } from './scaling-checks.ts';
import type { Stack } from './stack.ts';
import { checkTokens } from './token-checks.ts';

export type DeployedOptions = {
  stack: Stack;
  /** What the images' names begin with. */
  name: string;
  ports: Ports;
  tokens: { cluster: string; admin: string };
  seed: number;
  write: (line: string) => void;
};

const entry = 'charge_request_service';

/** Deploys a stack that is not there yet, and checks it. */
export async function checkDeployed(checks: Checks, options: DeployedOptions): Promise<void> {
  const { name, ports, seed, stack, tokens, write } = options;
  const url = (port: string) => `http://127.0.0.1:${port}`;
  const node1 = url(ports.NODE1_PORT);
  const nodes = new Map([
    ['node1', node1],
    ['node2', url(ports.NODE2_PORT)],
    ['node3', url(ports.NODE3_PORT)],
  ]);
  const balancerUrl = url(ports.LOAD_BALANCER_PORT);
  const prometheusUrl = url(ports.PROMETHEUS_PORT);
  const deployed = await checks.check('the stack deploys, and every task becomes healthy', async () => {
    const encrypted = ['--compose-file', 'stack-encrypted.yml'];
    await stack.script('deploy', stack.name, '--resolve-image', 'never', ...encrypted);
    return stack.converged();
  });
  if (!deployed) return;

  await checks.check('its networks are encrypted between machines, as was asked', () =>
    expectEncryptedNetworks(stack),
  );
  await checks.check(
    "Prometheus has the stack's targets up, and promtool finds its files right",
    async () => {
      const [prometheus] = await stack.containers('prometheus');
      const check = ['promtool', 'check', 'config', '/etc/prometheus/prometheus.yml'];
      await stack.docker('exec', prometheus?.id ?? '', ...check);
      const single = [
        'load_balancer/load_balancer',
        'prometheus/localhost',
        ...[...nodes.keys()].map((node) => `vector_clock_kv_store/${node}`),
      ];
      const many = [
        ...(await addressesOf(stack, 'substation', 'power')).map((address) => `substation/${address}`),
        ...(await addressesOf(stack, entry, 'entry')).map((address) => `${entry}/${address}`),
      ];
      return expectTargetsUp(prometheusUrl, [...single, ...many]);
    },
  );
  await checkTokens(checks, { nodeUrl: node1, balancerUrl, tokens });
  await checkRollingUpdate(checks, {
    stack,
    nodes,
    seed,
    write,
    clusterToken: tokens.cluster,
    image: await otherTag(stack, `${name}/vector-clock-kv-store`),
  });
  await checkScaling(checks, {
    stack,
    seed,
    balancerUrl,
    prometheusUrl,
    entryUrls: await publishedUrls(stack, entry, 8000),
  });
  await checks.check('an image of the entry that is never healthy is taken back by itself', async () =>
    expectRollback(stack, entry, await failingImage(stack, `${name}/${entry}`)),
  );
}
