import { execa } from 'execa';
import { CausalClient } from 'vector-clock-kv-store/causal-client';
import { linesOf } from '../docker/command.ts';
import type { Project } from '../docker/project.ts';
import { waitUntilHealthy } from '../docker/wait-until-healthy.ts';
import type { Checks } from '../report/checks.ts';
import { expectValue } from './store-traffic.ts';

export type StoreOptions = {
  project: Project;
  /** The repository's root, absolute. */
  root: string;
  /** The URLs of the nodes, node1 first. */
  nodeUrls: readonly string[];
};

const nodes = ['node1', 'node2', 'node3'];

/** All scenarios together take well under a minute; a run that exceeds this limit hangs. */
const SCENARIOS_TIMEOUT_MS = 180_000;

/** Runs the client's scenarios against the nodes and kills every node. All nodes run before and after. */
export async function checkStore(checks: Checks, options: StoreOptions): Promise<void> {
  const { project, root, nodeUrls } = options;

  await checks.check("the client's scenarios pass against the containers", async () => {
    const client = ['--import', 'tsx', 'vector-clock-kv-store/src/client.ts', '--nodes', nodeUrls.join(',')];
    const { stdout } = await execa(process.execPath, client, {
      cwd: root,
      stdin: 'ignore',
      timeout: SCENARIOS_TIMEOUT_MS,
    });
    return linesOf(stdout).at(-1);
  });

  await checks.check('acknowledged writes survive the kill of every node', async () => {
    const session = new CausalClient({ nodes: nodeUrls });
    const ids = await Promise.all(nodes.map((node) => project.containerOf(node)));
    await session.put('survives', 'a kill');
    await project.docker('kill', ...ids);
    await project.docker('start', ...ids);
    await waitUntilHealthy(project, nodes);
    for (const node of nodeUrls) await expectValue(session, node, 'survives', 'a kill');
    return undefined;
  });
}
