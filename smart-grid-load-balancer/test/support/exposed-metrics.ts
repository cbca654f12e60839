import { createLogger, createRegistry, createRouter, createServiceApp } from '@gridclock/service-kit';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import type { Registry } from 'prom-client';
import { createFrontDoor } from '../../../packages/service-kit/src/door/create-front-door.ts';
import { FileReloader } from '../../../packages/service-kit/src/process/reloaded-files.ts';
import { publishExpiry } from '../../../packages/service-kit/src/tls/certificate-metrics.ts';
import { createDiskMetrics } from '../../../vector-clock-kv-store/src/disk-metrics.ts';
import { createStoreMetrics } from '../../../vector-clock-kv-store/src/metrics.ts';
import { BalancerMetrics } from '../../load_balancer/balancer-metrics.ts';
import { GridView } from '../../load_balancer/fleet/grid-view.ts';
import { gridViewOptions } from '../../load_balancer/fleet/grid-view-options.ts';
import { SubstationMetrics } from '../../substation_service/substation-metrics.ts';
import { createSubstation } from '../support/substation.ts';

/** The metrics of all services, by the names that Prometheus stores. */
export const exposedMetrics: ReadonlyMap<string, 'counter' | 'gauge'> = new Map(
  everyService()
    .getMetricsAsArray()
    .flatMap(({ name, type }) => {
      const kind = String(type);
      if (kind === 'counter' || kind === 'gauge') return [[name, kind] as const];
      return ['_bucket', '_count', '_sum'].map((suffix) => [`${name}${suffix}`, 'counter'] as const);
    }),
);

/** Registers the metrics of all services in one registry; their values are never read. */
function everyService(): Registry {
  const registry = createRegistry();
  const now = () => 0;
  const logger = createLogger('every service', 'silent');
  createServiceApp({
    service: 'every service',
    logger,
    registry,
    routes: createRouter(),
  });
  createFrontDoor(registry);
  new FileReloader({ scheduler: realScheduler, wallClock: now, logger, registry });
  publishExpiry({ authorities: [], chain: [] }, registry, now);
  createStoreMetrics(registry, () => {
    throw new Error('there is no node in this test');
  });
  createDiskMetrics(registry, '/');
  const view = new GridView(gridViewOptions(1_000, 1_000));
  new BalancerMetrics({ registry, view, queue: { size: 0 }, now, wallClock: now });
  new SubstationMetrics(registry, createSubstation({ life: '0123abcd' }));
  return registry;
}
