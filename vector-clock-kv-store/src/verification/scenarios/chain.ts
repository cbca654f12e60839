import type { Cluster, ClusterMember } from './cluster.ts';
import { must, type Narrator, type Scenario, ScenarioFailure } from './scenario.ts';

/** Read at one node, write at the next: no node ever shows a link of the chain without those before it. */
export const chain: Scenario = {
  name: 'chain',
  summary: 'a value is read at one node and written on at the next, through all nodes, in order everywhere',
  minimumNodes: 2,
  needsFaults: false,
  async run(cluster, tell) {
    const keys = cluster.nodes.map((node) => cluster.key(`after-${node.name}`));
    const watch = watchForGaps(cluster, keys);
    try {
      await passOn(cluster, keys, tell);
    } finally {
      watch.stop();
    }
    tell.held(`in ${await watch.looks} looks meanwhile, no node showed a link without those before it`);
  },
};

async function passOn(cluster: Cluster, keys: readonly string[], tell: Narrator): Promise<void> {
  const client = cluster.client();
  let story: string[] = [];
  let last: { node: ClusterMember; key: string } | undefined;
  for (const [index, node] of cluster.nodes.entries()) {
    if (last !== undefined) {
      const { value } = await client.get(last.key, { node: last.node.url });
      tell.did(`get the chain at ${last.node.name}`, value);
      must(tell, same(value, story), `${last.node.name} shows all of it`, value);
    }
    const key = keys[index] ?? '';
    story = [...story, node.name];
    tell.did(`put ${story.join(' > ')} at ${node.name}`, await client.put(key, story, { node: node.url }));
    last = { node, key };
  }
  const end = keys.at(-1) ?? '';
  for (const node of cluster.nodes) {
    const whole = `the whole chain is visible at ${node.name}`;
    await cluster.eventually(whole, async () => same(await cluster.look(node, end), story));
    tell.held(whole);
  }
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/**
 * Looks at every node again and again until stopped.
 *
 * @returns `looks`: how many; it rejects when a later link was seen without an earlier one
 */
function watchForGaps(
  cluster: Cluster,
  keys: readonly string[],
): { stop: () => void; looks: Promise<number> } {
  let watching = true;
  const watchers = cluster.nodes.map(async (node) => {
    let looks = 0;
    do {
      looks++;
      let later: string | undefined;
      // From the last link backwards: what is missing when read after a later link was missing when that was read.
      for (const key of [...keys].reverse()) {
        const visible = (await cluster.look(node, key)) !== null;
        if (later !== undefined && !visible)
          throw new ScenarioFailure(`${node.name} shows ${later} without ${key}`);
        if (visible) later = key;
      }
    } while (watching);
    return looks;
  });
  const looks = Promise.all(watchers).then((counts) => counts.reduce((sum, count) => sum + count, 0));
  // Awaited only at the end: until then a failure must not end the process as unhandled.
  looks.catch(() => {});
  return {
    looks,
    stop() {
      watching = false;
    },
  };
}
