import {
  type AddressGuard,
  createRouter,
  createServiceApp,
  type Logger,
  requirePeer,
  type ServiceTls,
  type Token,
} from '@gridclock/service-kit';
import { apiRoutes, DOCS_TYPES, indexRoute } from '@gridclock/ui-kit/api-docs';
import type { Express } from 'express';
import type { Registry } from 'prom-client';
import type { Fleet } from './fleet/fleet.ts';
import type { GridView } from './fleet/grid-view.ts';
import type { LiveView } from './live/live-view.ts';
import type { PolicyName } from './policies/index.ts';
import type { PolicySwitch } from './policies/policy-switch.ts';
import { adminRoutes } from './routes/admin-routes.ts';
import { chargeOperation, chargeRoutes, hotChargeRoute } from './routes/charge-routes.ts';
import { liveRoutes, policyRoutes } from './routes/live-routes.ts';
import { sessionRoutes } from './routes/session-routes.ts';
import { statusRoutes } from './routes/status-routes.ts';
import type { PlacementPipeline } from './routing/placement-pipeline.ts';
import type { SessionLocator } from './sessions/session-locator.ts';

export type BalancerAppOptions = {
  fleet: Fleet;
  view: GridView;
  pipeline: PlacementPipeline;
  sessions: SessionLocator;
  /** Required to add and remove substations; undefined disables these routes. */
  adminToken: string | Token | undefined;
  /** Judges the addresses of substations that are added; without one, all are allowed. */
  guard?: AddressGuard;
  policies: PolicySwitch;
  /** Puts another policy in force. */
  usePolicy: (name: PolicyName) => void;
  /** What the live page shows. */
  live: LiveView;
  /** Returns why requests cannot be routed yet, or undefined when they can. */
  notReady: () => string | undefined;
  /** How long a sender of a charge request waits that does not say so, in milliseconds. */
  defaultDeadlineMs: number;
  /** Milliseconds, of the view's clock. */
  now: () => number;
  logger: Logger;
  registry: Registry;
  /** The balancer's certificates; without them, charge requests need none. */
  tls?: ServiceTls | undefined;
};

/** Creates the balancer's HTTP app. It does not listen. */
export function createApp(options: BalancerAppOptions): Express {
  const { adminToken, fleet, logger, notReady, pipeline, registry, sessions } = options;
  const routes = createRouter();
  routes.use(
    ['/route_charge', '/assign_substation', '/sessions', '/live'],
    requirePeer(options.tls, ['charge_request_service']),
  );
  const charge = chargeOperation(pipeline, options);
  routes.use(chargeRoutes(charge));
  routes.use(sessionRoutes(sessions, adminToken));
  routes.use(adminRoutes(fleet, adminToken, options.guard));
  routes.use(policyRoutes(options.usePolicy, adminToken));
  routes.use(liveRoutes(options.live));
  routes.use(statusRoutes(options));
  routes.use(indexRoute('load_balancer', 'docs'));
  routes.use(
    apiRoutes(async (version) => {
      const { describeBalancer } = await import('./describe-balancer.ts');
      return describeBalancer(adminToken !== undefined, version);
    }),
  );
  // With certificates, the app checks whose request it is.
  const hotRoutes = options.tls === undefined ? [hotChargeRoute(charge)] : [];
  return createServiceApp({
    service: 'load_balancer',
    logger,
    registry,
    routes,
    hotRoutes,
    otherTypes: { '/': 'text/html', ...DOCS_TYPES },
    notReady,
  });
}
