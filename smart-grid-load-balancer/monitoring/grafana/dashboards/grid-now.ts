import { gauge, stat } from './panels.ts';
import { rate, select } from './select.ts';
import { alertsFiring, errorShare, servicesDown, slowest } from './service-panels.ts';

const load = `sum(${select('substation_current_load')})`;
const capacity = `sum(${select('substation_max_capacity')})`;
const decided = `sum(${rate('load_balancer_requests_total')})`;
const accepted = `sum(${rate('load_balancer_requests_total', 'outcome="accepted"')})`;

/** Whether all is well, in twelve numbers. */
export const gridNow = {
  title: 'Is all well?',
  panels: [
    alertsFiring(),
    servicesDown(),
    stat({
      title: 'Substations ejected',
      description: 'Substations that the balancer does not ask because they do not answer; it probes them.',
      unit: 'short',
      width: 4,
      limits: { red: 1 },
      queries: [['ejected', `sum(${select('load_balancer_substation_ejected')})`]],
    }),
    errorShare(),
    gauge({
      title: 'Grid utilisation',
      description:
        'Power given out, as a part of all capacity. Orange from 75 %, red from 95 %: then most requests are refused.',
      unit: 'percentunit',
      width: 4,
      limits: { orange: 0.75, red: 0.95 },
      queries: [['utilisation', `${load} / ${capacity}`]],
    }),
    slowest(
      'Slowest requests',
      'A hundredth of the charging requests takes longer than this.',
      '/charge|/request_charge',
      { orange: 0.25, red: 1 },
    ),
    stat({
      title: 'Total grid load',
      description: 'Power given out by all substations at this moment.',
      unit: 'kwatt',
      width: 4,
      queries: [['load', load]],
    }),
    stat({
      title: 'Vehicles charging',
      description: 'Sessions under way on all substations.',
      unit: 'short',
      width: 4,
      queries: [['sessions', `sum(${select('substation_active_sessions')})`]],
    }),
    stat({
      title: 'Request rate',
      description: 'Requests that the balancer decides per second.',
      unit: 'reqps',
      width: 4,
      queries: [['requests', decided]],
    }),
    stat({
      title: 'Accepted',
      description: 'Part of the requests that a substation took. A full grid refuses: that is no failure.',
      unit: 'percentunit',
      width: 4,
      noValue: 'no requests',
      queries: [['accepted', `${accepted} / (${decided} > 0)`]],
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
      description: 'How long the balancer has heard nothing of the substation that has been silent longest.',
      unit: 's',
      width: 4,
      limits: { orange: 5, red: 30 },
      queries: [['age', `max(time() - ${select('load_balancer_view_timestamp_seconds')})`]],
    }),
  ],
};
