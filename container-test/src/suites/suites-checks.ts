import { checkGridUnderFaults } from '../chaos/grid/grid-chaos.ts';
import { checkStoreUnderFaults } from '../chaos/store/store-chaos.ts';
import { freePorts, localUrl, type Ports } from '../docker/ports.ts';
import { type Project, withProject } from '../docker/project.ts';
import { waitUntilHealthy } from '../docker/wait-until-healthy.ts';
import type { PartOptions } from '../part.ts';
import { expectPanelsFilled } from '../prometheus/expect-panels-filled.ts';
import { expectRulesEvaluated } from '../prometheus/expect-rules-evaluated.ts';
import { expectTargetsUp } from '../prometheus/expect-targets-up.ts';
import { checkWithPromtool } from '../prometheus/promtool-checks.ts';
import type { Checks } from '../report/checks.ts';
import { checkContainers } from './container-checks.ts';
import { checkGrid, checkSubstationPool } from './grid-checks.ts';
import { checkStore } from './store-checks.ts';
import { withTraffic } from './store-traffic.ts';

const substations = ['substation_1', 'substation_2', 'substation_3'];
/** All services but Grafana: its image is not available everywhere, and a unit test checks its files. */
const grid = [...substations, 'load_balancer', 'charge_request_service', 'prometheus'];
const store = ['node1', 'node2', 'node3'];

const gridTargets = [
  ...substations.map((substation) => `substation/${substation}`),
  'load_balancer/load_balancer',
  'charge_request_service/charge_request_service',
  'prometheus/localhost',
];
const storeTargets = store.map((node) => `vector_clock_kv_store/${node}`);

/** Builds and runs both suites as a user would, first the grid alone. Skips the rest if a suite does not start. */
export async function checkSuites(
  checks: Checks,
  { name, now, print, root, seed }: PartOptions,
): Promise<void> {
  const ports = await freePorts();
  const options = {
    name: `${name}-suites`,
    root,
    // The root's file includes these two, but Compose v1 does not support `include`. Listed together they form
    // one project as well, and relative paths start at the first one's folder.
    files: ['smart-grid-load-balancer/docker-compose.yml', 'vector-clock-kv-store/docker-compose.yml'],
    environment: { ...ports, BIND_ADDRESS: '127.0.0.1', FAULTS: '1' },
  };
  await withProject(checks, options, async (project) => {
    const run: Run = { checks, project, ports, now, root, seed, print };
    print('building; the first build takes one to two minutes');
    const built = await checks.check('every image builds', async () => {
      await project.compose('--profile', 'load', 'build');
      return undefined;
    });
    if (built && (await checkGridAlone(run)) && (await checkStoreBesideGrid(run))) {
      await checkContainers(checks, { project, services: [...grid, ...store], now });
    }
  });
}

type Run = Omit<PartOptions, 'name'> & { checks: Checks; project: Project; ports: Ports };

async function start(project: Project, services: readonly string[]): Promise<undefined> {
  await project.compose('up', '--detach', ...services);
  await waitUntilHealthy(project, services);
}

/** @returns whether the grid started */
async function checkGridAlone({ checks, project, ports, now, root, seed, print }: Run): Promise<boolean> {
  const prometheusUrl = localUrl(ports.PROMETHEUS_PORT);
  const balancerUrl = localUrl(ports.LOAD_BALANCER_PORT);
  const entryUrl = localUrl(ports.CHARGE_REQUEST_PORT);
  const nowSeconds = () => now() / 1000;
  const sinceSeconds = nowSeconds();
  if (!(await checks.check('the grid starts and becomes healthy', () => start(project, grid)))) return false;
  await checks.check("Prometheus scrapes exactly the grid's targets, all up", () =>
    expectTargetsUp(prometheusUrl, gridTargets),
  );
  await checkGrid(checks, { project, entryUrl });
  await checks.check("every query of the grid's dashboard returns named series after the rush hour", () =>
    expectPanelsFilled('dashboard.json', { root, prometheusUrl, sinceSeconds, nowSeconds }),
  );
  await checkSubstationPool(checks, { project, prometheusUrl, balancerUrl });
  await checkGridUnderFaults(checks, { project, entryUrl, seed, print, now });
  return true;
}

/** @returns whether the store started */
async function checkStoreBesideGrid({
  checks,
  project,
  ports,
  now,
  root,
  seed,
  print,
}: Run): Promise<boolean> {
  const prometheusUrl = localUrl(ports.PROMETHEUS_PORT);
  const nodeUrls = [ports.NODE1_PORT, ports.NODE2_PORT, ports.NODE3_PORT].map(localUrl);
  const nowSeconds = () => now() / 1000;
  const sinceSeconds = nowSeconds();
  const started = await checks.check('the store starts beside the grid and becomes healthy', () =>
    start(project, store),
  );
  if (!started) return false;
  await checkStoreUnderFaults(checks, { project, nodeUrls, seed, print, now });
  await checkStore(checks, { project, root, nodeUrls });
  await checks.check("every query of the store's dashboard returns named series under load", () =>
    withTraffic(nodeUrls, () =>
      expectPanelsFilled('store-dashboard.json', { root, prometheusUrl, sinceSeconds, nowSeconds }),
    ),
  );
  await checks.check('Prometheus evaluates every rule, and every recording rule has a series', () =>
    withTraffic(nodeUrls, () => expectRulesEvaluated(prometheusUrl, nowSeconds)),
  );
  await checks.check("Prometheus scrapes exactly both suites' targets, all up", () =>
    expectTargetsUp(prometheusUrl, [...gridTargets, ...storeTargets]),
  );
  await checkWithPromtool(checks, project, [
    'charge_request_service:8000',
    'load_balancer:8080',
    'substation_1:8001',
    'node1:5000',
  ]);
  return true;
}
