import { compare, type VectorClock } from '../../causality/vector-clock.ts';
import type { Cluster, ClusterMember } from './cluster.ts';
import { must, type Scenario } from './scenario.ts';

/** Writes that do not know of each other: both stay, every node picks the same winner, a later write replaces both. */
export const concurrent: Scenario = {
  name: 'concurrent',
  summary: 'two nodes cut off from each other write the same key; afterwards every node answers the same',
  minimumNodes: 2,
  needsFaults: true,
  async run(cluster, tell) {
    const [left, right] = cluster.nodes;
    if (left === undefined || right === undefined) return;
    const key = cluster.key('cart');
    for (const node of cluster.nodes) {
      for (const peer of cluster.othersThan(node))
        await cluster.fault(node, { peer: peer.name, action: 'hold' });
    }
    tell.did('hold every link: each node is on its own');
    const leftWrite = await cluster.client().put(key, 'apples', { node: left.url });
    tell.did(`put cart=apples at ${left.name}`, leftWrite);
    const rightWrite = await cluster.client().put(key, 'pears', { node: right.url });
    tell.did(`put cart=pears at ${right.name}`, rightWrite);
    must(
      tell,
      compare(leftWrite, rightWrite) === 'concurrent',
      'the clocks say that neither write saw the other',
    );
    must(tell, (await cluster.look(left, key)) === 'apples', `${left.name} shows its own`);
    must(tell, (await cluster.look(right, key)) === 'pears', `${right.name} shows its own`);

    await cluster.heal();
    tell.did('release every link');
    await agree(cluster, key, 2);
    const [winner] = await answers(cluster, key);
    tell.did('get cart at every node', winner);
    tell.held('every node answers the same, with both writes as siblings');

    const both: VectorClock = await mergeOnTop(cluster, key, left);
    tell.did(`put cart=apples and pears at ${left.name}, having seen both`, both);
    await agree(cluster, key, 1);
    must(tell, (await cluster.look(right, key)) === 'apples and pears', 'it replaces both, on every node');
  },
};

/** What every node answers, versions and all, as comparable text. */
async function answers(cluster: Cluster, key: string): Promise<{ value: unknown; siblings: unknown }[]> {
  return Promise.all(
    cluster.nodes.map(async ({ url }) => {
      const { value, siblings } = await cluster.client().get(key, { node: url });
      return { value, siblings };
    }),
  );
}

async function agree(cluster: Cluster, key: string, versions: number): Promise<void> {
  await cluster.eventually(`every node has the same ${versions} version(s)`, async () => {
    const all = await answers(cluster, key);
    const same = new Set(all.map((answer) => JSON.stringify(answer))).size === 1;
    const count = Array.isArray(all[0]?.siblings) ? all[0].siblings.length : 1;
    return same && count === versions;
  });
}

async function mergeOnTop(cluster: Cluster, key: string, node: ClusterMember): Promise<VectorClock> {
  const client = cluster.client();
  await client.get(key, { node: node.url });
  return client.put(key, 'apples and pears', { node: node.url });
}
