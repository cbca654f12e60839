import { orZero, rate, select } from './select.ts';
import { lines } from './time-series.ts';

const waits = `sum(${rate('load_balancer_wait_seconds_count')})`;

/** What the balancer knows, how it chooses, and who waits. */
export const balancing = {
  title: 'Balancing',
  panels: [
    lines({
      title: "The balancer's view",
      description:
        'The load that the balancer believes each substation to have: its last report and what was sent since.',
      unit: 'kwatt',
      width: 12,
      queries: [['{{substation_id}}', select('substation_load')]],
    }),
    lines({
      title: 'Age of the view',
      description:
        'How long the balancer has heard nothing of each substation. It polls every second unless told otherwise.',
      unit: 's',
      width: 12,
      limits: { red: 30 },
      queries: [['{{substation_id}}', `time() - ${select('load_balancer_view_timestamp_seconds')}`]],
    }),
    lines({
      title: 'Substations ejected, by name',
      description: '1 while the balancer does not ask a substation because it does not answer.',
      unit: 'short',
      width: 8,
      queries: [['{{substation_id}}', select('load_balancer_substation_ejected')]],
    }),
    lines({
      title: 'Retries and ejections',
      description:
        'Messages sent again after a lost answer, and how often a substation was ejected, per second.',
      unit: 'ops',
      width: 8,
      queries: [
        ['retries', `sum(${rate('load_balancer_retries_total')})`],
        ['ejected', `sum(${rate('load_balancer_ejections_total')})`],
      ],
    }),
    lines({
      title: 'Repeated requests',
      description:
        'Requests that came again and were answered with what was known: by the balancer, or by a substation. Nobody is charged twice.',
      unit: 'reqps',
      width: 8,
      queries: [
        ['balancer', `sum(${rate('load_balancer_repeated_requests_total')})`],
        ['substations', `sum(${rate('substation_charges_replayed_total')})`],
      ],
    }),
    lines({
      title: 'Substations asked per request',
      description:
        'The mean number of substations that were asked before one accepted, or until none was left.',
      unit: 'short',
      width: 8,
      queries: [
        [
          'asked',
          `sum(${rate('load_balancer_request_hops_sum')}) / sum(${rate('load_balancer_request_hops_count')})`,
        ],
      ],
    }),
    lines({
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
    lines({
      title: 'Mean wait',
      description: "Mean time that requests spent in the balancer's admission queue.",
      unit: 's',
      width: 8,
      queries: [['wait', orZero(`sum(${rate('load_balancer_wait_seconds_sum')}) / (${waits} > 0)`, waits)]],
    }),
  ],
};
