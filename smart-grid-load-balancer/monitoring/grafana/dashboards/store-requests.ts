import { clientRequests, rate } from './promql.ts';
import { durations, errorsBy } from './service-panels.ts';
import { stackedTimeSeries, timeSeries } from './time-series.ts';

const COUNT = 'http_request_duration_seconds_count';

/** Rate, errors and duration of requests from clients and peers. */
export const storeRequests = {
  title: 'Requests: rate, errors, duration',
  panels: [
    timeSeries({
      title: 'Requests by route',
      description: 'Requests per second by route, without scrapes and health checks.',
      unit: 'reqps',
      width: 8,
      queries: [['{{route}}', `sum by (route) (${rate(COUNT, clientRequests)})`]],
    }),
    stackedTimeSeries({
      title: 'Requests by status',
      description:
        "Requests per second by status. 503: the node lacks writes of the client's context, or does not serve yet.",
      unit: 'reqps',
      width: 8,
      queries: [['{{status}}', `sum by (status) (${rate(COUNT, clientRequests)})`]],
    }),
    errorsBy('instance', 8),
    durations(
      'Response time of writes',
      'Response time of puts, until the write is stored.',
      '/put|/write',
      12,
    ),
    durations(
      'Response time of reads',
      "Response time of reads, including the wait for the client's context.",
      '/get|/read|/read/.*',
      12,
    ),
  ],
};
