import { stat } from './panels.ts';
import { quantile, rate, select } from './select.ts';
import { alertsFiring, errorShare, servicesDown, slowest } from './service-panels.ts';

const clock = select('kv_clock_entry');

/** Whether all is well, in twelve numbers. */
export const storeNow = {
  title: 'Is all well?',
  panels: [
    alertsFiring(),
    servicesDown(),
    stat({
      title: 'Nodes not serving',
      description:
        'Nodes that run but serve no clients: they start, catch up, or were removed from the cluster.',
      unit: 'short',
      width: 4,
      limits: { red: 1 },
      queries: [['nodes', `sum(${select('kv_node_status', 'status!="ok"')})`]],
    }),
    errorShare(),
    stat({
      title: 'Oldest waiting message',
      description: 'How long the message has waited that has waited longest for a write it depends on.',
      unit: 's',
      width: 4,
      limits: { orange: 5, red: 60 },
      queries: [['waited', `max(${select('kv_oldest_buffered_seconds')})`]],
    }),
    stat({
      title: 'Fullest disk',
      description: 'What is used of the disk that has the least left. A node that cannot store ends.',
      unit: 'percentunit',
      width: 4,
      limits: { orange: 0.8, red: 0.9 },
      noValue: 'in memory',
      queries: [['used', `max(1 - ${select('kv_disk_free_bytes')} / ${select('kv_disk_size_bytes')})`]],
    }),
    stat({
      title: 'Writes visible per second',
      description:
        'Writes that became visible per second, over all nodes: each write counts once at every node.',
      unit: 'wps',
      width: 4,
      queries: [['writes', `sum(${rate('kv_committed_writes_total')})`]],
    }),
    slowest(
      'Slowest writes',
      'A hundredth of the writes takes longer than this to be stored.',
      '/put|/write',
      {
        orange: 0.25,
        red: 1,
      },
    ),
    stat({
      title: 'Slowest deliveries',
      description: 'A hundredth of the writes takes longer than this to be visible at another node.',
      unit: 's',
      width: 4,
      limits: { orange: 1, red: 5 },
      noValue: 'no writes',
      queries: [['p99', quantile(0.99, 'kv_delivery_delay_seconds')]],
    }),
    stat({
      title: 'Waiting for a dependency',
      description:
        'Messages in the buffers of all nodes. More than a moment above zero means that a link is slow or held.',
      unit: 'short',
      width: 4,
      limits: { orange: 1, red: 1000 },
      queries: [['waiting', `sum(${select('kv_buffered_messages')})`]],
    }),
    stat({
      title: 'Furthest behind',
      description: 'Writes that the slowest peer still lacks of another node.',
      unit: 'short',
      width: 4,
      limits: { orange: 100, red: 1000 },
      queries: [['writes', `max(${select('kv_peer_lag_writes')})`]],
    }),
    stat({
      title: 'Differing clocks',
      description:
        'Writes that some nodes show and others do not yet. 0 means that all nodes answer the same.',
      unit: 'short',
      width: 4,
      limits: { orange: 100, red: 1000 },
      queries: [['writes', `sum(max by (node) (${clock}) - min by (node) (${clock}))`]],
    }),
  ],
};
