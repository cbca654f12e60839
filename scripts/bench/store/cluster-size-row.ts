import type { Table } from '../compare/row.ts';
import { spreadOf } from '../compare/statistics.ts';
import { runWrk } from '../compare/wrk.ts';
import { processorSeconds } from './processes.ts';
import { startStore } from './store-cluster.ts';
import { puts } from './workload.ts';

const SIZES = [1, 3, 5, 9];

/** Each size starts and stops its own nodes in each round. */
const SECONDS = 3;

/** Puts against the number of nodes. */
export const clusterSizeRow: Table = {
  kind: 'table',
  name: 'cluster-size',
  title: 'Durable put of 100 bytes against the number of nodes, 64 connections',
  needs: ['wrk'],
  limit:
    "Each peer costs the writing node one message for several puts, and itself their validation and their flush. All nodes share this machine's cores, so throughput bends where the sum over all nodes exceeds them; with a machine for each node, only the writing node's share would count.",
  async measure({ rounds }) {
    const rows = [];
    for (const size of SIZES) {
      const rates = [];
      const costs = [];
      const writerCosts = [];
      for (let round = 0; round < Math.ceil(rounds / 3); round++) {
        const { close, nodes, urls } = await startStore(size);
        try {
          const [url = ''] = urls;
          // The more nodes share the cores, the longer their compilers take to optimize what runs often.
          await runWrk({ url, connections: 64, seconds: Math.max(2, size), requests: puts });
          const before = await Promise.all(nodes.map(({ pid }) => processorSeconds(pid)));
          const { perSecond, requests } = await runWrk({
            url,
            connections: 64,
            seconds: SECONDS,
            requests: puts,
          });
          const after = await Promise.all(nodes.map(({ pid }) => processorSeconds(pid)));
          const spent = after.map((seconds, index) => seconds - (before[index] ?? 0));
          rates.push(perSecond);
          costs.push((1e6 * spent.reduce((sum, seconds) => sum + seconds, 0)) / requests);
          writerCosts.push((1e6 * (spent[0] ?? 0)) / requests);
        } finally {
          await close();
        }
      }
      rows.push([size, spreadOf(rates).median, spreadOf(costs).median, spreadOf(writerCosts).median]);
    }
    return {
      columns: ['nodes', 'puts/s', 'µs of processor time per put, all nodes', 'of these, the writing node'],
      rows,
      checks: [],
    };
  },
};
