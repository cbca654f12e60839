import { orZero, rate, select } from './promql.ts';
import { timeSeries } from './time-series.ts';

const waits = `sum(${rate('load_balancer_wait_seconds_count')})`;

/** The balancer's view, its routing, and its admission queue. */
export const balancing = {
  title: 'Balancing',
  panels: [
    timeSeries({
      title: "The balancer's view",
      description:
        'Load of each substation as the balancer estimates it: the last polled load plus what it has sent since.',
      unit: 'kwatt',
      width: 12,
      queries: [['{{substation_id}}', select('substation_load')]],
    }),
    timeSeries({
      title: 'Age of the view',
      description:
        'Time since the balancer last heard from each substation. It polls every second by default.',
      unit: 's',
      width: 12,
      thresholds: { red: 30 },
      queries: [['{{substation_id}}', `time() - ${select('load_balancer_view_timestamp_seconds')}`]],
    }),
    timeSeries({
      title: 'Substations ejected, by name',
      description:
        '1 while a substation is ejected: it does not respond, so the balancer sends it no requests.',
      unit: 'short',
      width: 8,
      queries: [['{{substation_id}}', select('load_balancer_substation_ejected')]],
    }),
    timeSeries({
      title: 'Retries and ejections',
      description: 'Requests retried after a lost response, and ejections of substations, per second.',
      unit: 'ops',
      width: 8,
      queries: [
        ['retries', `sum(${rate('load_balancer_retries_total')})`],
        ['ejected', `sum(${rate('load_balancer_ejections_total')})`],
      ],
    }),
    timeSeries({
      title: 'Repeated requests',
      description:
        'Repeated requests per second that got the stored response, from the balancer or a substation. No vehicle is charged twice.',
      unit: 'reqps',
      width: 8,
      queries: [
        ['balancer', `sum(${rate('load_balancer_repeated_requests_total')})`],
        ['substations', `sum(${rate('substation_charges_replayed_total')})`],
      ],
    }),
    timeSeries({
      title: 'Substations asked per request',
      description: 'Mean number of substations asked until one accepted or none was left.',
      unit: 'short',
      width: 8,
      queries: [
        [
          'asked',
          `sum(${rate('load_balancer_request_hops_sum')}) / sum(${rate('load_balancer_request_hops_count')})`,
        ],
      ],
    }),
    timeSeries({
      title: 'Admission queue',
      description:
        'Requests waiting for free capacity, and how many leave the queue per second, admitted or rejected. Off unless MAX_QUEUE is set.',
      unit: 'short',
      width: 8,
      queries: [
        ['waiting', `sum(${select('load_balancer_waiting_requests')})`],
        ['{{outcome}} per second', `sum by (outcome) (${rate('load_balancer_wait_seconds_count')})`],
      ],
    }),
    timeSeries({
      title: 'Mean wait',
      description: "Mean time that requests spent in the balancer's admission queue.",
      unit: 's',
      width: 8,
      queries: [['wait', orZero(`sum(${rate('load_balancer_wait_seconds_sum')}) / (${waits} > 0)`, waits)]],
    }),
  ],
};
