import { execa } from 'execa';
import type { Checks } from './checks.ts';
import { inspectContainers, waitUntilHealthy } from './containers.ts';
import type { Project } from './project.ts';
import { expectValue, put } from './store-client.ts';

export type StoreOptions = {
  project: Project;
  /** The repository's root, absolute. */
  root: string;
  /** Where the nodes are published, node1 first. */
  nodeUrls: readonly string[];
};

/** All scenarios together take well under a minute; past this one hangs. */
const SCENARIOS_TIMEOUT_MS = 180_000;

/** Runs the client's scenarios against the nodes, and ends nodes in both ways. The nodes are up before and after. */
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

  await checks.check('a node that is asked to end does so by itself, with status 0', async () => {
    const id = await project.containerOf('node2');
    await project.docker('stop', id);
    const [container] = await inspectContainers(project, [id]);
    if (container?.State.ExitCode !== 0) throw new Error(`it ended with ${container?.State.ExitCode}`);
    await project.docker('start', id);
    await waitUntilHealthy(project, ['node2']);
    return undefined;
  });

  await checks.check('a killed node comes back with what it had', async () => {
    const [first = '', second = ''] = nodeUrls;
    const { vc } = await put(first, 'outlives', 'a kill');
    await expectValue(second, 'outlives', vc, 'a kill');
    const id = await project.containerOf('node1');
    await project.docker('kill', id);
    await project.docker('start', id);
    await waitUntilHealthy(project, ['node1']);
    await expectValue(first, 'outlives', vc, 'a kill');
    return undefined;
  });
}
