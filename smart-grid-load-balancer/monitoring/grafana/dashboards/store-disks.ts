import { quantile, rate, select } from './select.ts';
import { lines } from './time-series.ts';

/** How full the nodes' disks are, and how well they keep up. */
export const disks = {
  title: 'Disks',
  panels: [
    lines({
      title: 'Disk used',
      description: "What is used of the file system that holds each node's data, by whomever.",
      unit: 'percentunit',
      width: 6,
      limits: { red: 0.9 },
      queries: [['{{instance}}', `1 - ${select('kv_disk_free_bytes')} / ${select('kv_disk_size_bytes')}`]],
    }).max(1),
    lines({
      title: 'Data file',
      description:
        "Size of each node's data file. It does not shrink: space that is freed in it is used again.",
      unit: 'bytes',
      width: 6,
      queries: [['{{instance}}', select('kv_data_file_bytes')]],
    }),
    lines({
      title: 'Commit duration',
      description: 'How long a commit takes, its flush included: what every write waits at least.',
      unit: 's',
      width: 6,
      limits: { red: 0.5 },
      queries: [
        ['p50', quantile(0.5, 'kv_commit_duration_seconds')],
        ['p99', quantile(0.99, 'kv_commit_duration_seconds')],
      ],
    }),
    lines({
      title: 'Writes per commit',
      description: 'How many writes one flush serves: the mean, and what a hundredth of the commits exceeds.',
      unit: 'short',
      width: 6,
      queries: [
        ['mean', `sum(${rate('kv_commit_batch_writes_sum')}) / sum(${rate('kv_commit_batch_writes_count')})`],
        ['p99', quantile(0.99, 'kv_commit_batch_writes')],
      ],
    }),
  ],
};
