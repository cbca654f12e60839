import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundled } from '@gridclock/local-service';
import { type PlannedService, planSuite } from '../../local-suite/plan.ts';
import { requireFreePorts } from '../../local-suite/ports-in-use.ts';
import { prometheusInstalled } from '../../local-suite/prometheus.ts';
import { SuiteError, startSuite } from '../../local-suite/suite.ts';
import type { GridRun, StoreRun } from '../run-data.ts';
import { gridPanels, storePanels } from './dashboard-panels.ts';
import { observeGrid, simulateRouting } from './grid-run.ts';
import { startMetrics } from './metrics-source.ts';
import { describeOrigin } from './origin.ts';
import { observeStore, runSoak, storeClient } from './store-run.ts';

export type CollectOptions = {
  portOffset: number;
  /** How long the rush hour and the soak last, in seconds. */
  rushSeconds: number;
  soakSeconds: number;
  /** Prints one line of progress. */
  print: (line: string) => void;
  interrupted: AbortSignal;
};

/** Starts both systems as local processes, runs everything that the reports show, and stops them. */
export async function collect(options: CollectOptions): Promise<{ store: StoreRun; grid: GridRun }> {
  const { interrupted, portOffset, print, soakSeconds } = options;
  const origin = await describeOrigin(new Date());
  const dataRoot = await mkdtemp(join(tmpdir(), 'gridclock-report-'));
  const planned = planSuite(portOffset, dataRoot);
  const bundles = await bundled([...planned.map(({ entryFile }) => entryFile), storeClient]);
  try {
    const { store, grid } = await observeSuite(options, planned);
    print(`store: a soak of ${soakSeconds} s under faults`);
    const soak = await runSoak(soakSeconds, interrupted);
    print('grid: routing policies in virtual time');
    return { store: { origin, ...store, soak }, grid: { origin, ...grid, routing: simulateRouting() } };
  } finally {
    await Promise.all([bundles.remove(), rm(dataRoot, { recursive: true, force: true })]);
  }
}

/** What is seen while the services run; they have exited when this resolves. */
async function observeSuite(
  { interrupted, portOffset, print, rushSeconds }: CollectOptions,
  planned: readonly PlannedService[],
): Promise<{ store: Omit<StoreRun, 'origin' | 'soak'>; grid: Omit<GridRun, 'origin' | 'routing'> }> {
  const prometheusPort = 9_090 + portOffset;
  await requireFreePorts([
    ...planned,
    ...((await prometheusInstalled()) ? [{ name: 'prometheus', port: prometheusPort }] : []),
  ]);
  print(`starting ${planned.length} services`);
  const crashes: string[] = [];
  const suite = await startSuite(
    planned.map((service) => ({ ...service, environment: { LOG_LEVEL: 'error', ...service.environment } })),
    () => {},
    (name, reason) => crashes.push(`${name} (${reason})`),
    interrupted,
  );
  try {
    const metrics = await startMetrics(planned, prometheusPort, print);
    try {
      const storeFrom = Date.now() / 1_000;
      const store = await observeStore(urlsOf(planned, 'vector_clock_kv_store'), print, interrupted);
      const gridFrom = Date.now() / 1_000;
      print(`grid: a rush hour of ${rushSeconds} s`);
      const [chargeUrl = ''] = urlsOf(planned, 'charge_request_service');
      const [balancerUrl = ''] = urlsOf(planned, 'load_balancer');
      const grid = await observeGrid({ chargeUrl, balancerUrl }, rushSeconds, interrupted);
      const end = Date.now() / 1_000;
      if (crashes.length > 0) throw new SuiteError(`A service exited during the run: ${crashes.join(', ')}.`);
      return {
        store: { ...store, panels: await metrics.panels(storePanels, { from: storeFrom, to: gridFrom }) },
        grid: { ...grid, panels: await metrics.panels(gridPanels, { from: gridFrom, to: end }) },
      };
    } finally {
      await metrics.stop();
    }
  } finally {
    await suite.stop();
  }
}

function urlsOf(planned: readonly PlannedService[], job: string): string[] {
  return planned.filter((service) => service.job === job).map(({ port }) => `http://127.0.0.1:${port}`);
}
