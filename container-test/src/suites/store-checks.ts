import { CausalClient } from 'vector-clock-kv-store/causal-client';
import type { Project } from '../docker/project.ts';
import { waitUntilHealthy } from '../docker/wait-until-healthy.ts';
import type { Checks } from '../report/checks.ts';
import { expectValue } from './store-traffic.ts';

export type StoreOptions = {
  project: Project;
  /** The URLs of the nodes, node1 first. */
  nodeUrls: readonly string[];
};

const nodes = ['node1', 'node2', 'node3'];

/** Kills every node and checks that no acknowledged write is lost. All nodes run before and after. */
export async function checkStore(checks: Checks, options: StoreOptions): Promise<void> {
  const { project, nodeUrls } = options;

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
