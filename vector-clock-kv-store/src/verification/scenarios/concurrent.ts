import { compare, type VectorClock } from '../../causality/vector-clock.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterMember } from './cluster-member.ts';
import type { Scenario } from './scenario.ts';

/** Concurrent writes become siblings with the same winner on every node; a later write replaces both. */
export const concurrent: Scenario = {
  name: 'concurrent',
  summary:
    'when two isolated nodes write the same key, every node returns the same once they are connected again',
  meaning:
    'no write is lost silently: every node picks the same winner, and a program that reads both can merge them',
  minimumNodes: 2,
  needsFaults: true,
  async run(cluster, reporter) {
    const [left, right] = cluster.nodes;
    if (left === undefined || right === undefined) return '';
    const key = cluster.key('cart');
    for (const node of cluster.nodes) {
      for (const peer of cluster.othersThan(node))
        await cluster.fault(node, { peer: peer.name, action: 'hold' });
    }
    reporter.step('hold every link, so that each node is isolated');
    const leftWrite = await cluster.client().put(key, 'apples', { node: left.url });
    reporter.step(`put cart=apples at ${left.name}`, leftWrite);
    const rightWrite = await cluster.client().put(key, 'pears', { node: right.url });
    reporter.step(`put cart=pears at ${right.name}`, rightWrite);
    const order = compare(leftWrite, rightWrite);
    reporter.check(order === 'concurrent', 'the clocks of the two writes are concurrent', order);
    const atLeft = await cluster.peek(left, key);
    reporter.check(atLeft === 'apples', `${left.name} shows its own write`, atLeft);
    const atRight = await cluster.peek(right, key);
    reporter.check(atRight === 'pears', `${right.name} shows its own write`, atRight);

    await cluster.heal();
    reporter.step('release every link');
    await waitForAgreement(cluster, key, 2);
    const [winner] = await readEverywhere(cluster, key);
    reporter.step('get cart at every node', winner);
    reporter.passed('every node returns the same winner, with both writes as siblings');

    const merged = await readAndReplace(cluster, key, left);
    reporter.step(`put cart=apples and pears at ${left.name}, after reading both`, merged);
    await waitForAgreement(cluster, key, 1);
    const replaced = await cluster.peek(right, key);
    reporter.check(replaced === 'apples and pears', 'it replaces both siblings on every node', replaced);
    return `neither ${JSON.stringify(leftWrite)} nor ${JSON.stringify(rightWrite)} descends from the other; all nodes returned ${JSON.stringify(winner?.value)} with both as siblings, until a write that had read both replaced them`;
  },
};

type Versions = { value: unknown; siblings: unknown };

/** Reads a key at every node, with all siblings. */
async function readEverywhere(cluster: Cluster, key: string): Promise<Versions[]> {
  return Promise.all(
    cluster.nodes.map(async ({ url }) => {
      const { value, siblings } = await cluster.client().get(key, { node: url });
      return { value, siblings };
    }),
  );
}

async function waitForAgreement(cluster: Cluster, key: string, count: number): Promise<void> {
  await cluster.eventually(`every node has the same ${count} version(s)`, async () => {
    const [first, ...others] = await readEverywhere(cluster, key);
    const siblings = Array.isArray(first?.siblings) ? first.siblings.length : 1;
    const agreed = others.every((other) => JSON.stringify(other) === JSON.stringify(first));
    return agreed && siblings === count;
  });
}

async function readAndReplace(cluster: Cluster, key: string, node: ClusterMember): Promise<VectorClock> {
  const client = cluster.client();
  await client.get(key, { node: node.url });
  return client.put(key, 'apples and pears', { node: node.url });
}
