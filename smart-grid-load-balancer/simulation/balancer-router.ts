import type { SeededRandom } from '@gridclock/simulation-kit';
import { GridView } from '../load_balancer/fleet/grid-view.ts';
import { gridViewOptions } from '../load_balancer/fleet/grid-view-options.ts';
import { createPolicy, type PolicyName } from '../load_balancer/policies/index.ts';
import { routingOrder } from '../load_balancer/routing/routing-order.ts';
import type { Router } from './router.ts';

/** Routes with the service's own view, policies and failover order. */
export function balancerRouter(
  ids: readonly string[],
  policyName: PolicyName,
  pollIntervalMs: number,
  random: SeededRandom,
): Router {
  const policy = createPolicy(policyName);
  const uniform = () => random.fraction();
  const view = new GridView(gridViewOptions(pollIntervalMs, pollIntervalMs));
  for (const id of ids) view.add(id);
  return {
    recordPoll: (id, report, startedAt, now) => view.polled(id, report, startedAt, now),
    *candidates({ charge_amount, priority }, now) {
      const candidates = view.candidates(priority, now);
      for (const { id } of routingOrder(candidates, charge_amount, policy, uniform)) {
        if (view.knownFull(id, charge_amount, priority, now) === undefined) yield id;
      }
    },
    believed: (priority, now) => view.candidates(priority, now),
    recordDispatch(id, kw, sentAt) {
      const reservation = view.sent(id, kw, sentAt);
      return (accepted, report, now) => {
        if (accepted) view.accepted(reservation, report, now);
        else view.refused(reservation, report, now);
      };
    },
  };
}
