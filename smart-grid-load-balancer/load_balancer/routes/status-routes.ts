import type { BalancerStatus, SubstationViewStatus } from '@gridclock/grid-protocol';
import { createRouter } from '@gridclock/service-kit';
import type { Router } from 'express';
import type { Fleet } from '../fleet/fleet.ts';
import type { GridView } from '../fleet/grid-view.ts';
import type { PolicySwitch } from '../policies/policy-switch.ts';
import type { Member } from '../transport/transport.ts';

export type StatusRoutesOptions = {
  fleet: Pick<Fleet, 'members'>;
  view: GridView;
  policies: Pick<PolicySwitch, 'name'>;
  /** Milliseconds, of the view's clock. */
  now: () => number;
};

/** `GET /status`: the balancer's view of every substation. */
export function statusRoutes({ fleet, now, policies, view }: StatusRoutesOptions): Router {
  const routes = createRouter();
  routes.get('/status', (_request, response) => {
    const substations = fleet.members.map((member) => [member.id, statusOf(member, view, now())] as const);
    const status: BalancerStatus = {
      service: 'load_balancer',
      // Each substation once.
      substation_loads: Object.fromEntries(
        substations.flatMap(([id, { load, same_as }]) => (same_as === undefined ? [[id, load]] : [])),
      ),
      substations: Object.fromEntries(substations),
      routing_policy: policies.name,
      timestamp: new Date().toISOString(),
    };
    response.json(status);
  });
  return routes;
}

function statusOf({ id, url }: Member, view: GridView, now: number): SubstationViewStatus {
  const member = view.describe(id, now);
  const sameAs = view.sameAs(id);
  return {
    url,
    polled_load: member?.polledLoad ?? null,
    own_dispatches: member?.ownDispatches ?? 0,
    load: member?.load ?? 0,
    capacity: member?.capacity ?? null,
    health: member?.health ?? 'unknown',
    view_age_ms: member?.ageMs === undefined ? null : Math.round(member.ageMs),
    ...(sameAs === undefined ? {} : { same_as: sameAs }),
  };
}
