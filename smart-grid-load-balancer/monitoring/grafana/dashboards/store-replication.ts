import { heatmap } from './panels.ts';
import { increase, quantileBy, rate, select } from './select.ts';
import { coloured, lines, stacked } from './time-series.ts';

const clock = select('kv_clock_entry');

/** How writes get from one node to the others, and what keeps them. */
export const replication = {
  title: 'Replication',
  panels: [
    lines({
      title: 'Writes visible',
      description: 'Writes that became visible at each node per second, made there or delivered.',
      unit: 'wps',
      width: 12,
      queries: [['{{instance}}', rate('kv_committed_writes_total')]],
    }),
    coloured(
      stacked({
        title: 'Messages by what became of them',
        description:
          'Messages from peers per second: applied, buffered until a dependency comes, known already, or refused because the buffer was full.',
        unit: 'mps',
        width: 12,
        queries: [['{{status}}', `sum by (status) (${rate('kv_replicate_messages_total')})`]],
      }),
      { applied: 'green', buffered: 'orange', duplicate: 'blue', refused: 'red' },
    ),
    heatmap({
      title: 'Delivery delay',
      description:
        "Time from a write at one node to its being visible at another, by the two nodes' clocks: the darker, the more writes.",
      unit: 's',
      width: 12,
      queries: [['{{le}}', `sum by (le) (${increase('kv_delivery_delay_seconds_bucket')})`]],
    }),
    lines({
      title: 'Slowest deliveries by node',
      description: 'A hundredth of the writes takes longer than this to be visible at each node.',
      unit: 's',
      width: 12,
      limits: { red: 5 },
      queries: [['{{instance}}', quantileBy('instance', 0.99, 'kv_delivery_delay_seconds')]],
    }),
    lines({
      title: 'Buffer depth',
      description: 'Messages that wait at each node for a write they depend on.',
      unit: 'short',
      width: 8,
      queries: [['{{instance}}', select('kv_buffered_messages')]],
    }),
    lines({
      title: 'Longest wait in the buffer',
      description:
        'How long the message has waited at each node that has waited longest for a write it depends on.',
      unit: 's',
      width: 8,
      limits: { red: 60 },
      queries: [['{{instance}}', select('kv_oldest_buffered_seconds')]],
    }),
    lines({
      title: "Peers' lag",
      description: 'Own writes of a node that a peer is not known to have.',
      unit: 'short',
      width: 8,
      limits: { red: 1000 },
      queries: [['{{instance}} to {{peer}}', select('kv_peer_lag_writes')]],
    }),
    lines({
      title: 'Clock entries',
      description:
        'How many writes of each node are visible at each instance. Lines of one node lie on each other when all is delivered.',
      unit: 'short',
      width: 8,
      queries: [['{{node}} at {{instance}}', clock]],
    }),
    lines({
      title: 'Differing clocks over time',
      description:
        'For each writer, how many of its writes the most advanced node shows that the least advanced does not.',
      unit: 'short',
      width: 8,
      queries: [['{{node}}', `max by (node) (${clock}) - min by (node) (${clock})`]],
    }),
    coloured(
      stacked({
        title: 'Nodes by status',
        description:
          'What the nodes are: ok nodes serve clients, the others start, catch up, or were removed.',
        unit: 'short',
        width: 8,
        queries: [['{{status}}', `sum by (status) (${select('kv_node_status')})`]],
      }),
      { ok: 'green', starting: 'blue', 'catching-up': 'orange', removed: 'red' },
    ),
  ],
};
