import { stat } from './panels.ts';
import { quantile, rate, select } from './promql.ts';
import { alertsFiring, errorShare, servicesDown, slowest } from './service-panels.ts';

const clock = select('kv_clock_entry');

/** Members of the cluster without a target. A member that was removed from the cluster is none of them. */
const missingMembers = `label_replace(group by (peer) (${select('kv_peer_lag_writes')}), "instance", "$1", "peer", "(.+)") unless on (instance) ${select('up')}`;

/** The health of the system in twelve numbers. */
export const storeNow = {
  title: 'Overview',
  panels: [
    alertsFiring(),
    servicesDown({
      description: ', and members that the other nodes know but that left DNS when they stopped',
      expr: missingMembers,
    }),
    stat({
      title: 'Nodes not serving',
      description: 'Nodes that run but serve no clients: starting, catching up, or removed from the cluster.',
      unit: 'short',
      width: 4,
      thresholds: { red: 1 },
      queries: [['nodes', `sum(${select('kv_node_status', 'status!="ok"')})`]],
    }),
    errorShare(),
    stat({
      title: 'Oldest waiting message',
      description: 'Longest time that a buffered message has waited for its dependencies.',
      unit: 's',
      width: 4,
      thresholds: { orange: 5, red: 60 },
      queries: [['waited', `max(${select('kv_oldest_buffered_seconds')})`]],
    }),
    stat({
      title: 'Fullest disk',
      description: 'Used share of the fullest disk. A node whose disk is full serves reads only.',
      unit: 'percentunit',
      width: 4,
      thresholds: { orange: 0.8, red: 0.9 },
      noValue: 'in memory',
      queries: [['used', `max(1 - ${select('kv_disk_free_bytes')} / ${select('kv_disk_size_bytes')})`]],
    }),
    stat({
      title: 'Writes visible per second',
      description:
        'Writes that became visible per second, summed over all nodes: each write counts once per node.',
      unit: 'wps',
      width: 4,
      queries: [['writes', `sum(${rate('kv_committed_writes_total')})`]],
    }),
    slowest('Slowest writes', '99 % of the writes are stored faster than this.', '/put|/write', {
      orange: 0.25,
      red: 1,
    }),
    stat({
      title: 'Slowest deliveries',
      description: '99 % of the writes become visible at another node faster than this.',
      unit: 's',
      width: 4,
      thresholds: { orange: 1, red: 5 },
      noValue: 'no writes',
      queries: [['p99', quantile(0.99, 'kv_delivery_delay_seconds')]],
    }),
    stat({
      title: 'Buffered messages',
      description:
        'Messages in all buffers, waiting for dependencies. A lasting value above zero means that a link is slow or held.',
      unit: 'short',
      width: 4,
      thresholds: { orange: 1, red: 1000 },
      queries: [['waiting', `sum(${select('kv_buffered_messages')})`]],
    }),
    stat({
      title: 'Furthest behind',
      description: 'Largest number of writes of one node that a peer still lacks.',
      unit: 'short',
      width: 4,
      thresholds: { orange: 100, red: 1000 },
      queries: [['writes', `max(${select('kv_peer_lag_writes')})`]],
    }),
    stat({
      title: 'Clock spread',
      description: 'Writes that some nodes have applied and others have not. 0 means that all nodes agree.',
      unit: 'short',
      width: 4,
      thresholds: { orange: 100, red: 1000 },
      queries: [['writes', `sum(max by (node) (${clock}) - min by (node) (${clock}))`]],
    }),
  ],
};
