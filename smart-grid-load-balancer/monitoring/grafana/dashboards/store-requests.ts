import { asked, rate } from './select.ts';
import { durations, errorsBy } from './service-panels.ts';
import { lines, stacked } from './time-series.ts';

const COUNT = 'http_request_duration_seconds_count';

/** Rate, errors and duration of what clients and peers ask. */
export const storeRequests = {
  title: 'Requests: rate, errors, duration',
  panels: [
    lines({
      title: 'Requests by route',
      description: 'Requests per second by route, without scrapes and health checks.',
      unit: 'reqps',
      width: 8,
      queries: [['{{route}}', `sum by (route) (${rate(COUNT, asked)})`]],
    }),
    stacked({
      title: 'Answers by status',
      description:
        "Requests per second by status. 503 says that a node lacks what the client's context names, or serves nobody yet.",
      unit: 'reqps',
      width: 8,
      queries: [['{{status}}', `sum by (status) (${rate(COUNT, asked)})`]],
    }),
    errorsBy('instance', 8),
    durations(
      'Response time of writes',
      'How long a put takes, until the write is stored.',
      '/put|/write',
      12,
    ),
    durations(
      'Response time of reads',
      "How long a read takes, waiting for the client's context included.",
      '/get|/read|/read/.*',
      12,
    ),
  ],
};
