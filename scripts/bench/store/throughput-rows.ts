import type { Comparison, Measure } from '../compare/row.ts';
import { bareExpress, etcd, storeContender } from './contenders.ts';
import { etcdGets, etcdPuts, gets, puts } from './workload.ts';

const throughput = (ceiling: number, ofEtcd: number): Measure[] => [
  { name: 'requests/s', better: 'more', targets: { 'bare Express + zod': ceiling, 'etcd, 3 nodes': ofEtcd } },
  { name: 'p50 ms', better: 'less' },
  { name: 'p99 ms', better: 'less' },
];

const putRow = (connections: number, ceiling: number): Comparison => ({
  kind: 'comparison',
  name: `put-${connections}`,
  title: `Durable put of 100 bytes, three nodes, ${connections} connections`,
  measures: throughput(ceiling, 0.75),
  contenders: [
    storeContender('store, 3 nodes', { connections, requests: puts }),
    bareExpress({ connections, requests: puts }),
    etcd({ connections, requests: etcdPuts }),
  ],
  limit:
    'All three nodes and the client share the cores, so the processor time of one put on all nodes together is the limit; fewer connections mean fewer puts that share a flush and a message to each peer.',
});

/** Requests per second against a bare Express app and etcd. */
export const throughputRows: readonly Comparison[] = [
  putRow(16, 0.5),
  putRow(64, 0.75),
  {
    kind: 'comparison',
    name: 'get-64',
    title: 'Get of 100 bytes, 64 connections',
    measures: throughput(0.85, 1),
    contenders: [
      storeContender('store, 3 nodes', { connections: 64, requests: gets }),
      bareExpress({ connections: 64, requests: gets }),
      etcd({ connections: 64, requests: etcdGets }),
    ],
    limit: "The node's only thread parses HTTP and reads LMDB; etcd uses both cores for one node.",
  },
];
