import { buildDashboard } from './build-dashboard.ts';
import { balancing } from './grid-balancing.ts';
import { gridNow } from './grid-now.ts';
import { requests } from './grid-requests.ts';
import { substations } from './grid-substations.ts';
import { increase } from './promql.ts';
import { processes } from './service-panels.ts';

/** The dashboard of the grid. */
export const gridDashboard = buildDashboard({
  uid: 'gridclock-grid',
  title: 'Smart grid',
  description: 'Substations, the balancer and the public entry of the charging grid.',
  tag: 'grid',
  // Includes Prometheus, so that its own alerts are shown.
  jobs: ['charge_request_service', 'load_balancer', 'substation', 'prometheus'],
  markers: [
    {
      name: 'Substations ejected',
      title: 'A substation was ejected',
      expr: `${increase('load_balancer_ejections_total')} > 0`,
      colour: 'orange',
    },
  ],
  linkTo: {
    uid: 'gridclock-store',
    title: 'Key-value store',
    tooltip: 'The dashboard of the causally consistent store',
  },
  rows: [gridNow, requests, substations, balancing, processes()],
});
