import type { Write } from '../../../vector-clock-kv-store/src/causality/write.ts';
import { LOG_LIMIT_BYTES } from '../../../vector-clock-kv-store/src/limits.ts';
import { jsonOf } from '../../../vector-clock-kv-store/src/storage/encoded-write.ts';
import { formatNumber } from '../compare/format-number.ts';
import { formatTable } from '../compare/format-table.ts';
import type { Measured } from './measured.ts';
import { PLANNED_SHARE } from './planned-share.ts';

/** As in the measured rows. */
const VALUE_BYTES = 100;

/** Writes per second of all clients together. */
const RATES = [10, 100, 1_000, 5_000];

/** Returns the size of a message to a peer, which is also that of its record in the log. */
function messageBytes(nodes: number): number {
  const vc = Object.fromEntries(Array.from({ length: nodes }, (_, node) => [`node${node + 1}`, 1_000_000]));
  const write: Write = {
    sender: 'node1',
    key: 'key-00000001',
    value: 'x'.repeat(VALUE_BYTES),
    vc,
    at: 1_700_000_000_000,
    life: '0123456789abcdef',
  };
  return Buffer.byteLength(jsonOf(write));
}

/** What the store needs, from measured costs and the limits of its sources. */
export function storeCapacity(measured: Measured): string {
  const ALL = 'µs of processor time per put, all nodes';
  const WRITING = 'of these, the writing node';
  const sizes = measured.labels('cluster-size');
  const costs = sizes.map((nodes) => {
    const all = measured.cell('cluster-size', nodes, ALL);
    const writing = measured.cell('cluster-size', nodes, WRITING);
    return { nodes, all, writing, other: nodes === 1 ? 0 : (all - writing) / (nodes - 1) };
  });
  const gets = measured.ours('get-64', 'requests/s');
  const perKey = measured.cell('million-keys', 'data file, bytes per key', '1,000,000 keys');
  const own = (keys: string) => measured.cell('million-keys', "of this, the process's own", keys);
  const bytes = messageBytes(3);
  return `Every node has all data and stores every write. More nodes give more reads, and survive more failures; they do not
give more writes. With ${VALUE_BYTES} bytes per value:

${formatTable(
  ['', 'needs'],
  [
    [
      'a get',
      `at most ${formatNumber(1e6 / gets)} µs of a core (${formatNumber(gets)} gets/s from one node)`,
    ],
    ['a key on disk, on each node', `${formatNumber(perKey)} bytes, of which ${VALUE_BYTES} are the value`],
    [
      'a key in memory',
      `nothing of the process's own (${formatNumber(own('1,000 keys'))} MB with 1,000 keys, ${formatNumber(own('1,000,000 keys'))} MB with 1,000,000); pages of the data file, which the system takes back`,
    ],
    ['a put in the network, for each other node', `${bytes} bytes of JSON, with the clock of three nodes`],
    ['a put in the log, on each node', `${bytes} bytes, until all members have it`],
  ],
)}

What a put costs, and what nodes on separate machines take if puts use ${PLANNED_SHARE.percent} % of one core each; the rest is for
gets, garbage collection and peaks. If one node takes all puts, its own column alone counts: ${PLANNED_SHARE.percent} % of a second divided by it.

${formatTable(
  [
    'nodes',
    'µs at the node that takes the put',
    'µs at each other node',
    'puts/s, spread evenly',
    'sent by each node, MB/s at this rate',
  ],
  costs.map(({ nodes, all, writing, other }) => {
    const rate = (PLANNED_SHARE.share * nodes * 1e6) / all;
    return [
      nodes,
      writing,
      nodes === 1 ? '' : other,
      rate,
      (rate / nodes) * (nodes - 1) * messageBytes(nodes) * 1e-6,
    ];
  }),
)}

The log keeps what an absent member lacks, up to \`LOG_LIMIT_BYTES\`. A member that is away for longer loses nothing: it fetches a
snapshot, which costs about the size of the data. Another implementation, which fetches none, may be away for half as long again;
then clients' puts get a 503. How long the defaults last:

${formatTable(
  ['puts/s of the cluster', 'on disk', 'in memory, without `DATA_DIR`'],
  RATES.map((rate) => [
    rate,
    formatDuration(LOG_LIMIT_BYTES.disk / bytes / rate),
    formatDuration(LOG_LIMIT_BYTES.memory / bytes / rate),
  ]),
)}
`;
}

function formatDuration(seconds: number): string {
  const [unit, size] =
    seconds >= 172_800 ? ['days', 86_400] : seconds >= 7_200 ? ['hours', 3_600] : ['min', 60];
  return `${formatNumber(seconds / Number(size))} ${unit}`;
}
