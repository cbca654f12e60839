import { asked, quantileBy, rate } from './select.ts';
import { durations, errorsBy } from './service-panels.ts';
import { coloured, lines, stacked } from './time-series.ts';

/** Rate, errors and duration of what is asked for. */
export const requests = {
  title: 'Requests: rate, errors, duration',
  panels: [
    coloured(
      stacked({
        title: 'Requests by outcome',
        description:
          'What the balancer answered, per second. A full grid shows as insufficient_capacity, which is no failure.',
        unit: 'reqps',
        width: 12,
        queries: [['{{outcome}}', `sum by (outcome) (${rate('load_balancer_requests_total')})`]],
      }),
      {
        accepted: 'green',
        insufficient_capacity: 'orange',
        unavailable: 'red',
        unknown: 'purple',
        rejected: 'yellow',
      },
    ),
    durations(
      'Response time of the public entry',
      'How long a charging request takes, measured where it comes in.',
      '/charge|/request_charge',
      12,
    ),
    stacked({
      title: 'HTTP requests by status',
      description: 'Answers of all services per second, by status, without scrapes and health checks.',
      unit: 'reqps',
      width: 8,
      queries: [
        [
          '{{job}} {{status}}',
          `sum by (job, status) (${rate('http_request_duration_seconds_count', asked)})`,
        ],
      ],
    }),
    errorsBy('job', 8),
    lines({
      title: 'Response time by service',
      description: 'A hundredth of the requests to each kind of service takes longer than this.',
      unit: 's',
      width: 8,
      queries: [['{{job}}', quantileBy('job', 0.99, 'http_request_duration_seconds', asked)]],
    }),
  ],
};
