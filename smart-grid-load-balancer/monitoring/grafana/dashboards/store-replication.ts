import { heatmap } from './panels.ts';
import { increase, quantileBy, rate, select } from './promql.ts';
import { stackedTimeSeries, timeSeries, withColours } from './time-series.ts';

const clock = select('kv_clock_entry');

/** How writes get from one node to the others, and what delays them. */
export const replication = {
  title: 'Replication',
  panels: [
    timeSeries({
      title: 'Writes visible',
      description: 'Writes that became visible at each node per second, local and delivered.',
      unit: 'wps',
      width: 12,
      queries: [['{{instance}}', rate('kv_committed_writes_total')]],
    }),
    withColours(
      stackedTimeSeries({
        title: 'Messages by result',
        description:
          'Messages from peers per second: applied, buffered until a dependency arrives, duplicate, or refused because the buffer was full.',
        unit: 'mps',
        width: 12,
        queries: [['{{status}}', `sum by (status) (${rate('kv_replicate_messages_total')})`]],
      }),
      { applied: 'green', buffered: 'orange', duplicate: 'blue', refused: 'red' },
    ),
    heatmap({
      title: 'Delivery delay',
      description:
        "Time from a write at one node until it is visible at another, by the two nodes' wall clocks. Darker cells hold more writes.",
      unit: 's',
      width: 12,
      queries: [['{{le}}', `sum by (le) (${increase('kv_delivery_delay_seconds_bucket')})`]],
    }),
    timeSeries({
      title: 'Slowest deliveries by node',
      description: '99th percentile of the delivery delay at each node.',
      unit: 's',
      width: 12,
      thresholds: { red: 5 },
      queries: [['{{instance}}', quantileBy('instance', 0.99, 'kv_delivery_delay_seconds')]],
    }),
    timeSeries({
      title: 'Buffer depth',
      description: 'Messages at each node that wait for their dependencies.',
      unit: 'short',
      width: 8,
      queries: [['{{instance}}', select('kv_buffered_messages')]],
    }),
    timeSeries({
      title: 'Longest wait in the buffer',
      description: 'Longest time that a buffered message has waited for its dependencies, for each node.',
      unit: 's',
      width: 8,
      thresholds: { red: 60 },
      queries: [['{{instance}}', select('kv_oldest_buffered_seconds')]],
    }),
    timeSeries({
      title: 'Peer lag',
      description: 'Writes of a node that a peer is not known to have.',
      unit: 'short',
      width: 8,
      thresholds: { red: 1000 },
      queries: [['{{instance}} to {{peer}}', select('kv_peer_lag_writes')]],
    }),
    timeSeries({
      title: 'Clock entries',
      description:
        'How many writes of each node are visible at each instance. The lines of one node coincide when everything is delivered.',
      unit: 'short',
      width: 8,
      queries: [['{{node}} at {{instance}}', clock]],
    }),
    timeSeries({
      title: 'Clock spread by writer',
      description:
        'For each node, how many of its writes the most advanced node has applied and the least advanced has not.',
      unit: 'short',
      width: 8,
      queries: [['{{node}}', `max by (node) (${clock}) - min by (node) (${clock})`]],
    }),
    withColours(
      stackedTimeSeries({
        title: 'Nodes by status',
        description: 'Number of nodes in each status. Only nodes with status ok serve clients.',
        unit: 'short',
        width: 8,
        queries: [['{{status}}', `sum by (status) (${select('kv_node_status')})`]],
      }),
      { ok: 'green', starting: 'blue', 'catching-up': 'orange', removed: 'red' },
    ),
  ],
};
