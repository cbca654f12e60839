import type { Limits } from './panel.ts';
import { stat } from './panels.ts';
import { asked, broken, orZero, quantile, rate, select } from './select.ts';
import { lines } from './time-series.ts';

// Panels about services in general, which both dashboards have. Functions, because a dashboard gives the panels
// that it is given their places.

const DURATION = 'http_request_duration_seconds';
const allRequests = rate(`${DURATION}_count`, asked);
const brokenRequests = rate(`${DURATION}_count`, asked, broken);

export const alertsFiring = () =>
  stat({
    title: 'Alerts firing',
    description:
      'Alerts of Prometheus about what is shown here, mere news left out. Its page Alerts names them.',
    unit: 'short',
    width: 4,
    limits: { red: 1 },
    queries: [
      ['alerts', `count(${select('ALERTS', 'alertstate="firing"', 'severity!="info"')}) or vector(0)`],
    ],
  });

export const servicesDown = () =>
  stat({
    title: 'Services down',
    description: 'Services that Prometheus cannot reach.',
    unit: 'short',
    width: 4,
    limits: { red: 1 },
    queries: [['down', `count(${select('up')}) - sum(${select('up')})`]],
  });

export const errorShare = () =>
  stat({
    title: 'Errors',
    description:
      'Part of the requests that something broken answered; a 503 is a refusal and does not count.',
    unit: 'percentunit',
    width: 4,
    limits: { orange: 0.001, red: 0.01 },
    noValue: 'no requests',
    queries: [
      ['errors', `(${orZero(`sum(${brokenRequests})`, `sum(${allRequests})`)}) / (sum(${allRequests}) > 0)`],
    ],
  });

/** Errors by `job` or `instance`. */
export const errorsBy = (label: 'job' | 'instance', width: number) =>
  lines({
    title: 'Errors over time',
    description: 'Answers per second that say that something is broken: 5xx, without the 503 of refusals.',
    unit: 'reqps',
    width,
    queries: [
      [`{{${label}}}`, orZero(`sum by (${label}) (${brokenRequests})`, `sum by (${label}) (${allRequests})`)],
    ],
  });

/** How long the requests of some routes take: half, 95 % and 99 % are faster. */
export const durations = (title: string, description: string, routes: string, width: number) =>
  lines({
    title,
    description: `${description} Half, 95 % and 99 % are faster.`,
    unit: 's',
    width,
    queries: [0.5, 0.95, 0.99].map((q) => [`p${q * 100}`, quantile(q, DURATION, `route=~"${routes}"`)]),
  });

/** The slowest hundredth of the requests of some routes, as one number. */
export const slowest = (title: string, description: string, routes: string, limits: Limits) =>
  stat({
    title,
    description,
    unit: 's',
    width: 4,
    limits,
    noValue: 'no requests',
    queries: [['p99', quantile(0.99, DURATION, `route=~"${routes}"`)]],
  });

export const processes = () => ({
  title: 'Processes',
  panels: [
    lines({
      title: 'Memory',
      description: 'Resident memory of each service. A container is ended at its limit.',
      unit: 'bytes',
      width: 8,
      queries: [['{{instance}}', select('process_resident_memory_bytes')]],
    }),
    lines({
      title: 'CPU',
      description:
        'Processor time of each service, as a part of one core: its JavaScript has no more than one.',
      unit: 'percentunit',
      width: 8,
      limits: { red: 1 },
      queries: [['{{instance}}', rate('process_cpu_seconds_total')]],
    }),
    lines({
      title: 'Event loop delay',
      description: 'By how much timers are late, 99th percentile: what every request waits at least.',
      unit: 's',
      width: 8,
      limits: { red: 0.5 },
      queries: [['{{instance}}', select('nodejs_eventloop_lag_p99_seconds')]],
    }),
  ],
});
