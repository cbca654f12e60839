import type { Sample, Table } from '../compare/row.ts';
import { rounded, spreadOf } from '../compare/statistics.ts';
import { runWrk } from '../compare/wrk.ts';
import { post } from './post.ts';
import { processorSeconds } from './processes.ts';
import { type StoreCluster, startStore } from './store-cluster.ts';
import { puts, VALUE } from './workload.ts';

/** The last is about what fits in the buffer. */
const DEPTHS = [0, 1_000, 10_000, 100_000];

/** What a link sends at once. */
const BATCH = 500;

/** 2 s: some thousand puts. */
const LOAD = { connections: 16, seconds: 2, requests: puts };

/** A fifth: what collecting the garbage of a larger heap may cost. */
const MOST_GROWTH = 1.2;

const COST = 'µs of processor time per put';
const MEASURES = ['puts/s', COST, 'p50 ms', 'p99 ms'];

/** Puts at a node whose causal buffer holds messages that cannot be delivered. */
export const bufferedRow: Table = {
  kind: 'table',
  name: 'buffered',
  title: 'Durable put of 100 bytes against buffered messages, one node, 16 connections',
  needs: ['wrk'],
  limit:
    'A put looks at no buffered message, because each is indexed by the one write that it waits for. What grows with the buffer is the heap, so a collection of all garbage, which marks every buffered message, takes longer; that is what bends the curve.',
  async measure({ rounds }) {
    const nodes: StoreCluster[] = [];
    const samples: Sample[][] = DEPTHS.map(() => []);
    try {
      for (const depth of DEPTHS) nodes.push(await nodeWithBuffer(depth));
      for (let round = 0; round <= rounds; round++)
        for (const [index, node] of nodes.entries()) {
          const sample = await measurePuts(node);
          // The first round warms up.
          if (round > 0) samples[index]?.push(sample);
        }
    } finally {
      await Promise.all(nodes.map((node) => node.close()));
    }
    const of = (index: number, measure: string) =>
      (samples[index] ?? []).map((sample) => sample[measure] ?? Number.NaN);
    const without = of(0, COST);
    const growth = of(DEPTHS.length - 1, COST).map((cost, round) => cost / (without[round] ?? Number.NaN));
    return {
      columns: ['buffered messages', ...MEASURES],
      rows: DEPTHS.map((depth, index) => [
        depth,
        ...MEASURES.map((measure) => spreadOf(of(index, measure)).median),
      ]),
      checks: [
        {
          what: `processor time per put with ${DEPTHS.at(-1)?.toLocaleString('en-US')} buffered messages`,
          value: rounded(spreadOf(growth).median),
          unit: 'times that without any',
          atMost: MOST_GROWTH,
        },
      ],
    };
  },
};

async function measurePuts({ nodes: [node] }: StoreCluster): Promise<Sample> {
  if (node === undefined) throw new Error('no node');
  const before = await processorSeconds(node.pid);
  const { p50Ms, p99Ms, perSecond, requests } = await runWrk({ url: node.url, ...LOAD });
  const spent = (await processorSeconds(node.pid)) - before;
  return {
    'puts/s': perSecond,
    [COST]: (1e6 * spent) / requests,
    'p50 ms': p50Ms,
    'p99 ms': p99Ms,
  };
}

/** Starts a node that has messages of a peer, but not the peer's first one, which all of them wait for. */
async function nodeWithBuffer(depth: number): Promise<StoreCluster> {
  // Nothing listens on port 9, the discard service.
  const cluster = await startStore(1, { PEERS: 'node2=http://127.0.0.1:9' });
  try {
    for (let from = 0; from < depth; from += BATCH) {
      const messages = Array.from({ length: BATCH }, (_, index) => {
        const number = from + index + 2;
        return { sender: 'node2', key: `buffered-${number}`, value: VALUE, vc: { node2: number } };
      });
      await post(`${cluster.urls[0]}/replicate`, messages, 202);
    }
    const buffered = await bufferedMessages(cluster.urls[0] ?? '');
    if (buffered !== depth) throw new Error(`the node buffers ${buffered} messages instead of ${depth}`);
    return cluster;
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

async function bufferedMessages(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^kv_buffered_messages (\d+)$/m.exec(metrics)?.[1]);
}
