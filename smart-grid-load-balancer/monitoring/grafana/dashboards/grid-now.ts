import { gauge, stat } from './panels.ts';
import { rate, select } from './promql.ts';
import { alertsFiring, errorShare, servicesDown, slowest } from './service-panels.ts';

const load = `sum(${select('substation_current_load')})`;
const capacity = `sum(${select('substation_max_capacity')})`;
const responses = `sum(${rate('load_balancer_requests_total')})`;
const accepted = `sum(${rate('load_balancer_requests_total', 'outcome="accepted"')})`;

/** The health of the system in twelve numbers. */
export const gridNow = {
  title: 'Overview',
  panels: [
    alertsFiring(),
    servicesDown(),
    stat({
      title: 'Substations ejected',
      description:
        'Substations that get no requests because they do not respond. The balancer keeps probing them.',
      unit: 'short',
      width: 4,
      thresholds: { red: 1 },
      queries: [['ejected', `sum(${select('load_balancer_substation_ejected')})`]],
    }),
    errorShare(),
    gauge({
      title: 'Grid utilisation',
      description:
        'Load as a share of the total capacity. Orange from 75 %, red from 95 %, where most requests are rejected.',
      unit: 'percentunit',
      width: 4,
      thresholds: { orange: 0.75, red: 0.95 },
      queries: [['utilisation', `${load} / ${capacity}`]],
    }),
    slowest(
      'Slowest requests',
      '99 % of the charge requests are faster than this.',
      '/charge|/request_charge',
      { orange: 0.25, red: 1 },
    ),
    stat({
      title: 'Total grid load',
      description: 'Current load of all substations.',
      unit: 'kwatt',
      width: 4,
      queries: [['load', load]],
    }),
    stat({
      title: 'Vehicles charging',
      description: 'Active sessions on all substations.',
      unit: 'short',
      width: 4,
      queries: [['sessions', `sum(${select('substation_active_sessions')})`]],
    }),
    stat({
      title: 'Request rate',
      description: 'Charge requests that the balancer responds to, per second.',
      unit: 'reqps',
      width: 4,
      queries: [['requests', responses]],
    }),
    stat({
      title: 'Accepted',
      description:
        'Share of the charge requests that a substation accepted. A full grid rejects requests, which is not an error.',
      unit: 'percentunit',
      width: 4,
      noValue: 'no requests',
      queries: [['accepted', `${accepted} / (${responses} > 0)`]],
    }),
    stat({
      title: 'Queued requests',
      description: "Requests in the balancer's admission queue now. Off unless MAX_QUEUE is set.",
      unit: 'short',
      width: 4,
      queries: [['waiting', `sum(${select('load_balancer_waiting_requests')})`]],
    }),
    stat({
      title: 'Oldest view',
      description: 'Time since the balancer last heard from the substation that has been silent longest.',
      unit: 's',
      width: 4,
      thresholds: { orange: 5, red: 30 },
      queries: [['age', `max(time() - ${select('load_balancer_view_timestamp_seconds')})`]],
    }),
  ],
};
