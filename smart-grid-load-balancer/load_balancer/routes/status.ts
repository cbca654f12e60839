import type { BalancerStatus, SubstationViewStatus } from '@gridclock/grid-protocol';
import type { Fleet } from '../fleet/fleet.ts';
import type { GridView } from '../fleet/grid-view.ts';

/** The balancer's `GET /status`. `now` in milliseconds of the view's clock. */
export function statusOf(
  fleet: Pick<Fleet, 'members'>,
  view: GridView,
  policy: string,
  now: number,
  timestamp: string,
): BalancerStatus {
  const substations = fleet.members.map(({ id, url }) => [id, describe(view, id, url, now)] as const);
  return {
    service: 'load_balancer',
    substation_loads: Object.fromEntries(substations.map(([id, { load }]) => [id, load])),
    substations: Object.fromEntries(substations),
    routing_policy: policy,
    timestamp,
  };
}

function describe(view: GridView, id: string, url: string, now: number): SubstationViewStatus {
  const member = view.describe(id, now);
  return {
    url,
    polled_load: member?.polledLoad ?? null,
    own_dispatches: member?.ownDispatches ?? 0,
    load: member?.load ?? 0,
    capacity: member?.capacity ?? null,
    health: member?.health ?? 'unknown',
    view_age_ms: member?.ageMs === undefined ? null : Math.round(member.ageMs),
  };
}
