import { GridView } from '../../../smart-grid-load-balancer/load_balancer/fleet/grid-view.ts';
import { gridViewOptions } from '../../../smart-grid-load-balancer/load_balancer/fleet/grid-view-options.ts';
import { createPolicy } from '../../../smart-grid-load-balancer/load_balancer/policies/index.ts';
import { routingOrder } from '../../../smart-grid-load-balancer/load_balancer/routing/routing-order.ts';
import type { Row } from '../compare/row.ts';
import { spreadOf } from '../compare/statistics.ts';

const GRIDS = [10, 1_000, 100_000];

/** 7 kW: a home charger. */
const AMOUNT_KW = 7;

/** Chooses a substation for one request. */
type Choose = (view: GridView, now: number) => string;

const policy = createPolicy('least-load');

const byIndex: Choose = (view, now) => view.cheapest(AMOUNT_KW, 'normal', now, Math.random)?.id ?? '';

const byList: Choose = (view, now) => {
  const [first] = routingOrder(view.candidates('normal', now), AMOUNT_KW, policy, Math.random);
  return first?.id ?? '';
};

/** Returns the nanoseconds that a request takes at a grid: choose, reserve, and adopt the load in the response. */
function measureChoice(view: GridView, choose: Choose, requests: number): number {
  const begin = performance.now();
  for (let now = 1; now <= requests; now++) {
    const id = choose(view, 0);
    const reservation = view.sent(id, AMOUNT_KW, 0);
    const load = view.describe(id, 0)?.load ?? 0;
    view.accepted(reservation, { load: load % 90, capacity: 100 }, 0);
  }
  return ((performance.now() - begin) * 1e6) / requests;
}

function gridOf(substations: number): GridView {
  const view = new GridView(gridViewOptions(1_000, 1_000), policy.cost);
  for (let index = 0; index < substations; index++) view.add(`substation_${index}`);
  for (let index = 0; index < substations; index++)
    view.polled(`substation_${index}`, { load: (index * 37) % 90, capacity: 100 }, 0, 0);
  return view;
}

/** What choosing a substation takes as the grid grows. */
export const choiceRow: Row = {
  kind: 'table',
  name: 'choice',
  title: 'Choosing a substation with the lowest load, by size of the grid',
  limit:
    'The index is a tournament tree, whose own time grows with the logarithm. In a large grid, nearly every request meets another substation, whose state is in no cache of the processor: there, waiting for memory is most of the time.',
  async measure({ rounds }) {
    const rows = GRIDS.map((substations) => {
      const view = gridOf(substations);
      const of = (choose: Choose, requests: number) => {
        measureChoice(view, choose, requests);
        return spreadOf(Array.from({ length: rounds }, () => measureChoice(view, choose, requests))).median;
      };
      return [substations, of(byIndex, 20_000), of(byList, Math.ceil(200_000 / substations))] as const;
    });
    const nanoseconds = rows.map(([, index]) => index);
    const growth = (nanoseconds.at(-1) ?? Number.NaN) / (nanoseconds[0] ?? Number.NaN);
    return {
      columns: ['substations', 'ns per request, by the index', 'ns, by the list of all'],
      rows: rows.map((row) => [...row]),
      checks: [
        {
          what: 'growth from 10 to 100,000 substations, where a logarithm grows fivefold',
          value: growth,
          unit: 'times',
          atMost: 5,
        },
      ],
    };
  },
};
