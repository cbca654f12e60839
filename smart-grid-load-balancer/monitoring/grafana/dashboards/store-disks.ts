import { quantile, rate, select } from './promql.ts';
import { timeSeries } from './time-series.ts';

/** The fill level and the speed of the nodes' disks. */
export const disks = {
  title: 'Disks',
  panels: [
    timeSeries({
      title: 'Disk used',
      description: "Used share of the file system that holds each node's data, whatever uses it.",
      unit: 'percentunit',
      width: 6,
      thresholds: { red: 0.9 },
      queries: [['{{instance}}', `1 - ${select('kv_disk_free_bytes')} / ${select('kv_disk_size_bytes')}`]],
    }).max(1),
    timeSeries({
      title: 'Data file',
      description: "Size of each node's data file. It never shrinks: freed pages are reused.",
      unit: 'bytes',
      width: 6,
      queries: [['{{instance}}', select('kv_data_file_bytes')]],
    }),
    timeSeries({
      title: 'Commit duration',
      description: 'Duration of a commit, including its flush to disk: no write takes less.',
      unit: 's',
      width: 6,
      thresholds: { red: 0.5 },
      queries: [
        ['p50', quantile(0.5, 'kv_commit_duration_seconds')],
        ['p99', quantile(0.99, 'kv_commit_duration_seconds')],
      ],
    }),
    timeSeries({
      title: 'Writes per commit',
      description: 'Writes that share one flush to disk: the mean and the 99th percentile.',
      unit: 'short',
      width: 6,
      queries: [
        ['mean', `sum(${rate('kv_commit_batch_writes_sum')}) / sum(${rate('kv_commit_batch_writes_count')})`],
        ['p99', quantile(0.99, 'kv_commit_batch_writes')],
      ],
    }),
  ],
};
