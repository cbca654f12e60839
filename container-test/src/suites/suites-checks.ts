import { checkGridUnderFire } from '../chaos/grid/grid-chaos.ts';
import { checkStoreUnderFire } from '../chaos/store/store-chaos.ts';
import { waitUntilHealthy } from '../docker/health.ts';
import { freePorts, type Ports } from '../docker/ports.ts';
import type { Project } from '../docker/project.ts';
import { withProject } from '../docker/with-project.ts';
import type { PartOptions } from '../part.ts';
import { expectPanelsFilled } from '../prometheus/expect-panels-filled.ts';
import { expectRulesEvaluated } from '../prometheus/expect-rules-evaluated.ts';
import { expectTargetsUp } from '../prometheus/expect-targets-up.ts';
import { checkWithPromtool } from '../prometheus/promtool-checks.ts';
import type { Checks } from '../report/checks.ts';
import { checkContainers } from './container-checks.ts';
import { checkGrid } from './grid-checks.ts';
import { checkPool } from './pool-checks.ts';
import { checkStore } from './store-checks.ts';
import { withTraffic } from './store-traffic.ts';

const substations = ['substation_1', 'substation_2', 'substation_3'];
/** All but Grafana, whose files a test of their own checks: its image cannot be had everywhere. */
const grid = [...substations, 'load_balancer', 'charge_request_service', 'prometheus'];
const store = ['node1', 'node2', 'node3'];

const gridTargets = [
  ...substations.map((substation) => `substation/${substation}`),
  'load_balancer/load_balancer',
  'charge_request_service/charge_request_service',
  'prometheus/localhost',
];
const storeTargets = store.map((node) => `vector_clock_kv_store/${node}`);

const url = (port: string) => `http://127.0.0.1:${port}`;

/** Builds and runs both suites as a user does, the grid by itself first. A step that others build upon ends the part when it fails. */
export async function checkSuites(
  checks: Checks,
  { now, root, seed, write, ...part }: PartOptions,
): Promise<void> {
  const ports = await freePorts();
  const options = {
    name: `${part.name}-suites`,
    root,
    // The root's file includes the same two, which Compose v1 cannot read. Given together they are one
    // project as well, whose relative paths start at the first one's folder.
    files: ['smart-grid-load-balancer/docker-compose.yml', 'vector-clock-kv-store/docker-compose.yml'],
    environment: { ...ports, BIND_ADDRESS: '127.0.0.1', FAULTS: '1' },
  };
  await withProject(checks, options, async (project) => {
    const run: Run = { checks, project, ports, now, root, seed, write };
    write('building, which takes a minute or two the first time');
    const built = await checks.check('every image builds', async () => {
      await project.compose('--profile', 'load', 'build');
      return undefined;
    });
    if (built && (await checkGridAlone(run)) && (await checkStoreBeside(run))) {
      await checkContainers(checks, { project, services: [...grid, ...store], now });
    }
  });
}

type Run = Omit<PartOptions, 'name'> & { checks: Checks; project: Project; ports: Ports };

async function start(project: Project, services: readonly string[]): Promise<undefined> {
  await project.compose('up', '--detach', ...services);
  await waitUntilHealthy(project, services);
}

/** @returns whether there is a grid to put something beside */
async function checkGridAlone({ checks, project, ports, now, root, seed, write }: Run): Promise<boolean> {
  const prometheusUrl = url(ports.PROMETHEUS_PORT);
  const entryUrl = url(ports.CHARGE_REQUEST_PORT);
  const since = now() / 1000;
  if (!(await checks.check('the grid starts and is healthy', () => start(project, grid)))) return false;
  await checks.check('with the grid alone, Prometheus has all its targets up and no other', () =>
    expectTargetsUp(prometheusUrl, gridTargets),
  );
  await checkGrid(checks, { project, entryUrl });
  await checks.check("every panel of the grid's dashboard shows what was under load", () =>
    expectPanelsFilled('dashboard.json', { root, prometheusUrl, since, now: () => now() / 1000 }),
  );
  await checkPool(checks, { project, prometheusUrl, balancerUrl: url(ports.LOAD_BALANCER_PORT) });
  await checkGridUnderFire(checks, { project, entryUrl, seed, write, now });
  return true;
}

/** @returns whether there is a store beside the grid */
async function checkStoreBeside({ checks, project, ports, now, root, seed, write }: Run): Promise<boolean> {
  const prometheusUrl = url(ports.PROMETHEUS_PORT);
  const nodeUrls = [ports.NODE1_PORT, ports.NODE2_PORT, ports.NODE3_PORT].map(url);
  const seconds = () => now() / 1000;
  const since = seconds();
  const started = await checks.check('the store starts beside it and is healthy', () =>
    start(project, store),
  );
  if (!started) return false;
  await checkStoreUnderFire(checks, { project, nodeUrls, seed, write, now });
  await checkStore(checks, { project, root, nodeUrls });
  await checks.check("every panel of the store's dashboard shows what is under load", () =>
    withTraffic(nodeUrls, () =>
      expectPanelsFilled('store-dashboard.json', { root, prometheusUrl, since, now: seconds }),
    ),
  );
  await checks.check('every rule of Prometheus is evaluated, and records something', () =>
    withTraffic(nodeUrls, () => expectRulesEvaluated(prometheusUrl, seconds)),
  );
  await checks.check('Prometheus has every target of both suites up', () =>
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
