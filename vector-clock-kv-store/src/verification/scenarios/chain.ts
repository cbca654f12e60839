import type { Cluster } from './cluster.ts';
import type { ClusterMember } from './cluster-member.ts';
import type { Reporter, Scenario } from './scenario.ts';
import { ScenarioFailure } from './scenario-failure.ts';

/** A chain of writes, each made at another node after reading the previous one. No node shows them out of order. */
export const chain: Scenario = {
  name: 'chain',
  summary:
    'when each node reads the previous write and makes the next, no node shows a write without its causes',
  meaning: 'causal order passes from node to node without a coordinator, however long the chain is',
  minimumNodes: 2,
  needsFaults: false,
  async run(cluster, reporter) {
    const keys = cluster.nodes.map((node) => cluster.key(`after-${node.name}`));
    const watch = watchForGaps(cluster, keys);
    try {
      await writeChain(cluster, keys, reporter);
    } finally {
      watch.stop();
    }
    const reads = await watch.reads;
    reporter.passed(`in ${reads} concurrent reads, no node showed a write without its causes`);
    return `each of ${cluster.nodes.length} nodes added a write after reading the one before; ${reads} reads at the same time never met a gap`;
  },
};

async function writeChain(cluster: Cluster, keys: readonly string[], reporter: Reporter): Promise<void> {
  const client = cluster.client();
  let names: string[] = [];
  let previous: { node: ClusterMember; key: string } | undefined;
  for (const [index, node] of cluster.nodes.entries()) {
    if (previous !== undefined) {
      const { value } = await client.get(previous.key, { node: previous.node.url });
      reporter.step(`get the chain at ${previous.node.name}`, value);
      reporter.check(isEqual(value, names), `${previous.node.name} shows the whole chain`, value);
    }
    const key = keys[index] ?? '';
    names = [...names, node.name];
    const clock = await client.put(key, names, { node: node.url });
    reporter.step(`put ${names.join(' > ')} at ${node.name}`, clock);
    previous = { node, key };
  }
  const lastKey = keys.at(-1) ?? '';
  for (const node of cluster.nodes) {
    const expectation = `the whole chain is visible at ${node.name}`;
    await cluster.eventually(expectation, async () => isEqual(await cluster.peek(node, lastKey), names));
    reporter.passed(expectation);
  }
}

function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/**
 * Reads the whole chain at every node repeatedly, until stopped.
 *
 * @returns `reads`: how often; it rejects when a node showed a write without an earlier one
 */
function watchForGaps(
  cluster: Cluster,
  keys: readonly string[],
): { stop: () => void; reads: Promise<number> } {
  let watching = true;
  const watchers = cluster.nodes.map(async (node) => {
    let reads = 0;
    do {
      reads++;
      let later: string | undefined;
      // Backwards: a key still missing when read was also missing when the later key was read.
      for (const key of [...keys].reverse()) {
        const visible = (await cluster.peek(node, key)) !== null;
        if (later !== undefined && !visible)
          throw new ScenarioFailure(`${node.name} shows ${later} without ${key}`);
        if (visible) later = key;
      }
    } while (watching);
    return reads;
  });
  const reads = Promise.all(watchers).then((counts) => counts.reduce((sum, count) => sum + count, 0));
  // Awaited only at the end; until then a rejection must not count as unhandled.
  reads.catch(() => {});
  return {
    reads,
    stop() {
      watching = false;
    },
  };
}
