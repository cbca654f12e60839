import { buildDashboard } from './build-dashboard.ts';
import { increase } from './promql.ts';
import { processes } from './service-panels.ts';
import { disks } from './store-disks.ts';
import { storeNow } from './store-now.ts';
import { replication } from './store-replication.ts';
import { storeRequests } from './store-requests.ts';

/** The dashboard of the store. */
export const storeDashboard = buildDashboard({
  uid: 'gridclock-store',
  title: 'Key-value store',
  description: 'The nodes of the causally consistent store.',
  tag: 'store',
  jobs: ['vector_clock_kv_store'],
  markers: [
    {
      name: 'Refused messages',
      title: '{{instance}} refused messages: its buffer was full',
      expr: `${increase('kv_replicate_messages_total', 'status="refused"')} > 0`,
      colour: 'orange',
    },
  ],
  linkTo: { uid: 'gridclock-grid', title: 'Smart grid', tooltip: 'The dashboard of the charging grid' },
  rows: [storeNow, storeRequests, replication, disks, processes()],
});
