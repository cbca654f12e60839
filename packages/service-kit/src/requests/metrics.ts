import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { registerBuildInfo } from './build-info.ts';

/** Default metrics that `promtool check metrics` rejects: gauges with the counter suffix `_total`. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** 100 ms: the default of 10 ms wakes the process 100 times a second, most of the CPU time of an idle service. */
const EVENT_LOOP_SAMPLE_MS = 100;

/** Creates a registry with the metrics of the process. @param revision the commit that its sources are of */
export function createRegistry(revision = 'unknown'): Registry {
  const registry = new Registry();
  registerBuildInfo(registry, revision);
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_SAMPLE_MS });
  for (const name of misnamed) registry.removeSingleMetric(name);
  return registry;
}

/** Creates the histogram of request durations, in seconds. */
export function createRequestHistogram(registry: Registry): Histogram<'method' | 'route' | 'status'> {
  return new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests, by method, route pattern and status.',
    labelNames: ['method', 'route', 'status'],
    // From a loopback response (under 1 ms) to the longest wait that a route allows (30 s).
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
}
