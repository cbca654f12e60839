import type { Thresholds } from './panel.ts';
import { stat } from './panels.ts';
import { clientRequests, named, orZero, quantile, rate, select, serverErrors } from './promql.ts';
import { timeSeries } from './time-series.ts';

// Panels that both dashboards share. These are functions because building a dashboard assigns positions to its
// panels, so that two dashboards cannot use the same object.

const DURATION = 'http_request_duration_seconds';
const allRequests = rate(`${DURATION}_count`, clientRequests);
const failedRequests = rate(`${DURATION}_count`, clientRequests, serverErrors);

export const alertsFiring = () =>
  stat({
    title: 'Alerts firing',
    description:
      "Firing alerts about this dashboard's services, without those of severity info. Prometheus lists them on its Alerts page.",
    unit: 'short',
    width: 4,
    thresholds: { red: 1 },
    queries: [
      ['alerts', `count(${select('ALERTS', 'alertstate="firing"', 'severity!="info"')}) or vector(0)`],
    ],
  });

/** @param missing counts services that have no target, because a stopped one leaves DNS */
export const servicesDown = (missing?: { description: string; expr: string }) =>
  stat({
    title: 'Services down',
    description: `Services that Prometheus cannot scrape${missing?.description ?? ''}.`,
    unit: 'short',
    width: 4,
    thresholds: { red: 1 },
    queries: [
      [
        'down',
        `(count(${select('up')} == 0) or vector(0))${missing === undefined ? '' : ` + (count(${missing.expr}) or vector(0))`}`,
      ],
    ],
  });

export const errorShare = () =>
  stat({
    title: 'Errors',
    description: 'Share of the requests with a server error. A 503 is a rejection and does not count.',
    unit: 'percentunit',
    width: 4,
    thresholds: { orange: 0.001, red: 0.01 },
    noValue: 'no requests',
    queries: [
      ['errors', `(${orZero(`sum(${failedRequests})`, `sum(${allRequests})`)}) / (sum(${allRequests}) > 0)`],
    ],
  });

/** Server errors by `job` or `instance`. */
export const errorsBy = (label: 'job' | 'instance', width: number) =>
  timeSeries({
    title: 'Errors over time',
    description: 'Server errors per second: 5xx except 503, which is a rejection.',
    unit: 'reqps',
    width,
    queries: [
      [`{{${label}}}`, orZero(`sum by (${label}) (${failedRequests})`, `sum by (${label}) (${allRequests})`)],
    ],
  });

/** The response times of some routes: median, 95th and 99th percentile. */
export const durations = (title: string, description: string, routes: string, width: number) =>
  timeSeries({
    title,
    description: `${description} Median, 95th and 99th percentile.`,
    unit: 's',
    width,
    queries: [0.5, 0.95, 0.99].map((q) => [`p${q * 100}`, quantile(q, DURATION, `route=~"${routes}"`)]),
  });

/** The 99th percentile of the response times of some routes, as one number. */
export const slowest = (title: string, description: string, routes: string, thresholds: Thresholds) =>
  stat({
    title,
    description,
    unit: 's',
    width: 4,
    thresholds,
    noValue: 'no requests',
    queries: [['p99', quantile(0.99, DURATION, `route=~"${routes}"`)]],
  });

export const processes = () => ({
  title: 'Processes',
  panels: [
    timeSeries({
      title: 'Memory',
      description: 'Resident memory of each service. A container that exceeds its limit is killed.',
      unit: 'bytes',
      width: 8,
      queries: [['{{name}}', named(select('process_resident_memory_bytes'))]],
    }),
    timeSeries({
      title: 'CPU',
      description: 'CPU time of each service as a share of one core. JavaScript uses one core at most.',
      unit: 'percentunit',
      width: 8,
      thresholds: { red: 1 },
      queries: [['{{name}}', named(rate('process_cpu_seconds_total'))]],
    }),
    timeSeries({
      title: 'Event loop delay',
      description:
        'Time between two samples of a timer of 50 ms, 99th percentile. The excess over 50 ms delays every request.',
      unit: 's',
      width: 8,
      thresholds: { red: 0.5 },
      queries: [['{{name}}', named(select('nodejs_eventloop_lag_p99_seconds'))]],
    }),
    timeSeries({
      title: 'Releases',
      description:
        'Processes by release, commit and version of Node.js. During a rolling upgrade there are two releases.',
      unit: 'short',
      width: 24,
      queries: [
        [
          '{{version}} {{revision}}, Node.js {{node_version}}',
          `count by (version, revision, node_version) (${select('gridclock_build_info')})`,
        ],
      ],
    }),
  ],
});
