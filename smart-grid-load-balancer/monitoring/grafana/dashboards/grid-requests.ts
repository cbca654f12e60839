import { clientRequests, quantileBy, rate } from './promql.ts';
import { durations, errorsBy } from './service-panels.ts';
import { stackedTimeSeries, timeSeries, withColours } from './time-series.ts';

/** Rate, errors and duration of requests. */
export const requests = {
  title: 'Requests: rate, errors, duration',
  panels: [
    withColours(
      stackedTimeSeries({
        title: 'Requests by outcome',
        description:
          'Charge requests that the balancer responded to, per second. insufficient_capacity means that the grid is full, which is not an error; capacity_unknown that a substation with room may not respond.',
        unit: 'reqps',
        width: 12,
        queries: [['{{outcome}}', `sum by (outcome) (${rate('load_balancer_requests_total')})`]],
      }),
      {
        accepted: 'green',
        insufficient_capacity: 'orange',
        capacity_unknown: 'red',
        too_large: 'yellow',
        unavailable: 'red',
        unknown: 'purple',
        invalid: 'yellow',
      },
    ),
    durations(
      'Response time of the public entry',
      'Response time of charge requests, measured at the public entry.',
      '/charge|/request_charge',
      12,
    ),
    stackedTimeSeries({
      title: 'HTTP requests by status',
      description: 'HTTP requests to all services per second, by status, without scrapes and health checks.',
      unit: 'reqps',
      width: 8,
      queries: [
        [
          '{{job}} {{status}}',
          `sum by (job, status) (${rate('http_request_duration_seconds_count', clientRequests)})`,
        ],
      ],
    }),
    errorsBy('job', 8),
    timeSeries({
      title: 'Response time by service',
      description: '99th percentile of the response times of each kind of service.',
      unit: 's',
      width: 8,
      queries: [['{{job}}', quantileBy('job', 0.99, 'http_request_duration_seconds', clientRequests)]],
    }),
  ],
};
