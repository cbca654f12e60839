import { linesOf } from '../docker/command.ts';
import { inspectNetworks } from '../docker/inspect.ts';
import { localUrl, type Ports } from '../docker/ports.ts';
import { expectTargetsUp } from '../prometheus/expect-targets-up.ts';
import type { Checks } from '../report/checks.ts';
import { failingImage, secondTag } from './images.ts';
import { expectRollback } from './rollback.ts';
import { checkRollingUpdate } from './rolling-update-check.ts';
import { checkScaling } from './scaling-checks.ts';
import type { Stack } from './stack.ts';
import { stackTargets } from './stack-targets.ts';
import { checkTokens, type Tokens } from './token-checks.ts';

export type StackCheckOptions = {
  stack: Stack;
  imagePrefix: string;
  ports: Ports;
  tokens: Tokens;
  seed: number;
  /** Prints one line of progress. */
  print: (line: string) => void;
};

const entry = 'charge_request_service';

/** Deploys a new stack and checks it. */
export async function checkStack(checks: Checks, options: StackCheckOptions): Promise<void> {
  const { imagePrefix, ports, print, seed, stack, tokens } = options;
  const nodeUrl = localUrl(ports.NODE1_PORT);
  const nodes = new Map([
    ['node1', nodeUrl],
    ['node2', localUrl(ports.NODE2_PORT)],
    ['node3', localUrl(ports.NODE3_PORT)],
  ]);
  const balancerUrl = localUrl(ports.LOAD_BALANCER_PORT);
  const prometheusUrl = localUrl(ports.PROMETHEUS_PORT);
  const deployed = await checks.check('the stack deploys and every task becomes healthy', async () => {
    const encrypted = ['--compose-file', 'stack-encrypted.yml'];
    await stack.script('deploy', stack.name, '--resolve-image', 'never', ...encrypted);
    return stack.converged();
  });
  if (!deployed) return;

  await checks.check("the stack's networks are encrypted between machines", () =>
    expectEncryptedNetworks(stack),
  );
  await checks.check("Prometheus has the stack's targets up and promtool accepts its files", async () => {
    const [prometheus] = await stack.containers('prometheus');
    const check = ['promtool', 'check', 'config', '/etc/prometheus/prometheus.yml'];
    await stack.docker('exec', prometheus?.id ?? '', ...check);
    return expectTargetsUp(prometheusUrl, await stackTargets(stack));
  });
  await checkTokens(checks, { nodeUrl, balancerUrl, tokens });
  await checkRollingUpdate(checks, {
    stack,
    nodes,
    seed,
    print,
    clusterToken: tokens.cluster,
    image: await secondTag(stack.docker, `${imagePrefix}/vector-clock-kv-store`),
  });
  const entryTasks = await stack.inspect(entry);
  await checkScaling(checks, {
    stack,
    seed,
    balancerUrl,
    prometheusUrl,
    entryUrls: entryTasks.map(({ publishedPorts }) => localUrl(`${publishedPorts.get('8000/tcp')}`)),
  });
  await checks.check('Swarm rolls back an entry image that never becomes healthy', async () =>
    expectRollback(stack, entry, await failingImage(stack.docker, `${imagePrefix}/${entry}`)),
  );
}

/** @throws Error naming every network of the stack that carries traffic between machines unencrypted */
async function expectEncryptedNetworks({ docker, name }: Stack): Promise<string> {
  const label = `label=com.docker.stack.namespace=${name}`;
  const ids = linesOf(await docker('network', 'ls', '--quiet', '--filter', label));
  const networks = await inspectNetworks(docker, ids);
  const unencrypted = networks.filter(({ encrypted }) => !encrypted);
  if (unencrypted.length > 0) {
    throw new Error(unencrypted.map((network) => `${network.name} is not encrypted`).join(', '));
  }
  return `${networks.length} networks`;
}
