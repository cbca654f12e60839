import { checkGridUnderFaults } from '../chaos/grid/grid-chaos.ts';
import { checkStoreUnderFaults } from '../chaos/store/store-chaos.ts';
import { freePorts, localUrl, type Ports } from '../docker/ports.ts';
import { type Project, withProject } from '../docker/project.ts';
import type { PartOptions } from '../part.ts';
import { expectPanelsFilled } from '../prometheus/expect-panels-filled.ts';
import { expectRulesEvaluated } from '../prometheus/expect-rules-evaluated.ts';
import { expectTargetsUp } from '../prometheus/expect-targets-up.ts';
import { checkWithPromtool } from '../prometheus/promtool-checks.ts';
import type { Checks } from '../report/checks.ts';
import { checkAlerts } from './alert-checks.ts';
import { checkClient } from './client-checks.ts';
import { checkContainers } from './container-checks.ts';
import { expectGuide } from './expect-guide.ts';
import { expectIdleCost } from './expect-idle-cost.ts';
import { checkGrid, checkSubstationPool } from './grid-checks.ts';
import { checkGridOverload, checkOverload } from './overload-checks.ts';
import { checkSingleSuites, gridTargets } from './single-suite-checks.ts';
import { checkStore } from './store-checks.ts';
import { withTraffic } from './store-traffic.ts';

/** All services but Grafana: its image is not available everywhere, and a unit test checks its files. */
const grid = ['substation_1', 'substation_2', 'substation_3', 'load_balancer', 'charge_request_service'];
const store = ['node1', 'node2', 'node3'];
// Stopped in this order: Prometheus first, because its DNS queries for stopped services would delay its exit.
const services = ['prometheus', ...grid, ...store];

const storeTargets = store.map((node) => `vector_clock_kv_store/${node}`);

/** Runs both suites from the root's Compose file as a user would, then each alone. Skips the rest if they do not start. */
export async function checkSuites(checks: Checks, options: PartOptions): Promise<void> {
  const { name, print, root } = options;
  const ports = await freePorts();
  const project = {
    name: `${name}-suites`,
    root,
    file: 'docker-compose.yml',
    environment: { ...ports, BIND_ADDRESS: '127.0.0.1', FAULTS: '1' },
  };
  await withProject(checks, project, async (running) => {
    print('building; the first build takes one to two minutes');
    const run: Run = { ...options, checks, project: running, ports };
    if (await start(run)) await checkRunningSuites(run);
  });
  await checkSingleSuites(checks, options);
}

type Run = Omit<PartOptions, 'name'> & { checks: Checks; project: Project; ports: Ports };

/** @returns whether the suites started */
async function start({ checks, project, ports }: Run): Promise<boolean> {
  const built = await checks.check('every image builds', async () => {
    const profiles = ['load', 'client', 'alerts'].flatMap((profile) => ['--profile', profile]);
    await project.compose(...profiles, 'build');
    return undefined;
  });
  const started =
    built &&
    (await checks.check('both suites start and become healthy', async () => {
      await project.compose('up', '--detach', '--wait', 'guide');
      return undefined;
    }));
  if (!started) return false;
  const { ALERTMANAGER_PORT: _alerts, GRAFANA_PORT: _grafana, ...published } = ports;
  await checks.check('the last lines of the start name the published ports and the next commands', () =>
    expectGuide(project, [
      ...Object.values(published).map((port) => `http://localhost:${port}`),
      'docker compose run --rm client',
      'docker compose run --rm load_tester',
    ]),
  );
  await checks.check('idle containers use less than a tenth of one core', () =>
    expectIdleCost(project, services),
  );
  return true;
}

async function checkRunningSuites({ checks, project, ports, now, root, seed, print }: Run): Promise<void> {
  const prometheusUrl = localUrl(ports.PROMETHEUS_PORT);
  const balancerUrl = localUrl(ports.LOAD_BALANCER_PORT);
  const entryUrl = localUrl(ports.CHARGE_REQUEST_PORT);
  const nodeUrls = [ports.NODE1_PORT, ports.NODE2_PORT, ports.NODE3_PORT].map(localUrl);
  const nowSeconds = () => now() / 1000;
  const sinceSeconds = nowSeconds();

  await checkClient(checks, project, root);
  await checkStore(checks, { project, nodeUrls });
  await checkOverload(checks, { project, nodeUrls });
  await checkGrid(checks, { project, entryUrl, now });
  await checks.check("every query of the grid's dashboard returns named series after the rush hour", () =>
    expectPanelsFilled('dashboard.json', { root, prometheusUrl, sinceSeconds, nowSeconds }),
  );
  await checkGridOverload(checks, { project, balancerUrl, entryUrl });
  await checkAlerts(checks, project, 'node3', () =>
    checkGridUnderFaults(checks, { project, entryUrl, seed, print, now }),
  );
  await checkSubstationPool(checks, { project, prometheusUrl, balancerUrl });
  await checkStoreUnderFaults(checks, { project, nodeUrls, seed, print, now });
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
  await checkContainers(checks, { project, services, now });
}
