import { CausalClient } from '../../../vector-clock-kv-store/src/causal-client.ts';
import type { Cluster } from '../../../vector-clock-kv-store/src/verification/scenarios/cluster.ts';
import type { StoreRun } from '../run-data.ts';

/** Dependent writes; enough to see a plateau, few enough to be made within a second. */
const WRITES = 200;

/** 4 s: several scrapes see the full buffer. */
const HOLD_MS = 4_000;

/**
 * Holds one write on its way to the last node, makes many that depend on it elsewhere, and lets it pass after a while.
 * Measures how deep the buffer got, and how long it took to deliver everything.
 */
export async function measureHeldCause(cluster: Cluster): Promise<StoreRun['heldCause']> {
  const [author, other] = cluster.nodes;
  const late = cluster.nodes.at(-1);
  if (author === undefined || other === undefined || late === undefined)
    throw new Error('the report needs three nodes');
  for (const node of cluster.othersThan(late))
    await cluster.fault(node, { peer: late.name, action: 'hold', origin: author.name });
  const client = new CausalClient({ nodes: [author.url, other.url] });
  const depth = async () => (await cluster.state(late)).buffered.length;
  try {
    await client.put(cluster.key('cause'), 'held', { node: author.url });
    for (let index = 0; index < WRITES; index++)
      await client.put(cluster.key(`effect-${index}`), index, { node: other.url });
    await cluster.eventually('all dependent writes are buffered', async () => (await depth()) >= WRITES);
    const startedAt = performance.now();
    let deepest = 0;
    await cluster.eventually('the hold has lasted long enough to be seen', async () => {
      deepest = Math.max(deepest, await depth());
      return performance.now() - startedAt >= HOLD_MS;
    });
    const heldMs = performance.now() - startedAt;
    const releasedAt = performance.now();
    await cluster.heal();
    await cluster.eventually('the buffer is empty', async () => (await depth()) === 0);
    return { writes: WRITES, heldMs, deepest, drainedMs: performance.now() - releasedAt };
  } finally {
    await cluster.heal();
  }
}
