import { execa } from 'execa';
import { waitUntilHealthy } from '../docker/health.ts';
import type { Project } from '../docker/project.ts';
import type { Checks } from '../report/checks.ts';
import { expectValue, put } from './store-traffic.ts';

export type StoreOptions = {
  project: Project;
  /** The repository's root, absolute. */
  root: string;
  /** Where the nodes are published, node1 first. */
  nodeUrls: readonly string[];
};

const nodes = ['node1', 'node2', 'node3'];

/** All scenarios together take well under a minute; past this one hangs. */
const SCENARIOS_TIMEOUT_MS = 180_000;

/** Runs the client's scenarios against the nodes, and kills every node. The nodes are up before and after. */
export async function checkStore(checks: Checks, options: StoreOptions): Promise<void> {
  const { project, root, nodeUrls } = options;

  await checks.check("the client's scenarios pass against the containers", async () => {
    const client = ['--import', 'tsx', 'vector-clock-kv-store/src/client.ts', '--nodes', nodeUrls.join(',')];
    const { stdout } = await execa(process.execPath, client, {
      cwd: root,
      stdin: 'ignore',
      timeout: SCENARIOS_TIMEOUT_MS,
    });
    return stdout.trim().split('\n').at(-1);
  });

  await checks.check('what was acknowledged outlives the killing of every node', async () => {
    const [first = '', ...others] = nodeUrls;
    const ids = await Promise.all(nodes.map((node) => project.containerOf(node)));
    const { vc } = await put(first, 'outlives', 'a kill');
    await project.docker('kill', ...ids);
    await project.docker('start', ...ids);
    await waitUntilHealthy(project, nodes);
    for (const url of [first, ...others]) await expectValue(url, 'outlives', vc, 'a kill');
    return undefined;
  });
}
