import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** prom-client's defaults that break Prometheus' naming rules: gauges whose names end in `_total`. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/**
 * A registry of its own for one service: process metrics, and none of the defaults that
 * `promtool check metrics` rejects.
 */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  return registry;
}

/** Duration in seconds of every HTTP request, by method, route pattern and status. */
export function createRequestHistogram(registry: Registry): Histogram<'method' | 'route' | 'status'> {
  return new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests, by method, route pattern and status.',
    labelNames: ['method', 'route', 'status'],
    // From a loopback answer (under a millisecond) to the longest wait a route allows.
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
}
