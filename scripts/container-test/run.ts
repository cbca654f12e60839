import { randomBytes } from 'node:crypto';
import { checkGridUnderFire } from './chaos/grid-chaos.ts';
import { checkStoreUnderFire } from './chaos/store-chaos.ts';
import type { Checks } from './checks.ts';
import { containersOf, missingProtections, waitUntilHealthy } from './containers.ts';
import { expectPanelsFilled } from './dashboard-checks.ts';
import { checkGrid } from './grid-checks.ts';
import { checkPool } from './pool-checks.ts';
import { freePorts } from './ports.ts';
import { createProject } from './project.ts';
import { checkWithPromtool } from './prometheus-checks.ts';
import { expectRulesEvaluated } from './rules-check.ts';
import { checkStore } from './store-checks.ts';
import { withTraffic } from './store-client.ts';
import { expectTargetsUp } from './targets-check.ts';

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

/**
 * Builds and runs both suites as a user does, the grid by itself first, and removes whatever it made.
 *
 * @param checks gets the outcome of each step; a step that others build upon ends the run when it fails
 * @param root the repository's root, absolute
 * @param write gets lines about what goes on between checks
 * @param now the clock, in milliseconds since 1970
 * @param seed decides what strikes the containers when
 */
export async function runContainerTest(
  checks: Checks,
  root: string,
  write: (line: string) => void,
  now: () => number,
  seed: number,
): Promise<void> {
  const ports = await freePorts();
  const url = (port: string) => `http://127.0.0.1:${port}`;
  const project = await createProject({
    name: `gridclock-test-${randomBytes(4).toString('hex')}`,
    root,
    // The root's file includes the same two, which Compose v1 cannot read. Given together they are one
    // project as well, whose relative paths start at the first one's folder.
    files: ['smart-grid-load-balancer/docker-compose.yml', 'vector-clock-kv-store/docker-compose.yml'],
    environment: { ...ports, BIND_ADDRESS: '127.0.0.1', FAULTS: '1' },
  });
  const removeOnSignal = () => void project.remove().finally(() => process.exit(1));
  process.once('SIGINT', removeOnSignal);
  process.once('SIGTERM', removeOnSignal);

  const start = async (services: readonly string[]) => {
    await project.compose('up', '--detach', ...services);
    await waitUntilHealthy(project, services);
    return undefined;
  };
  const prometheusUrl = url(ports.PROMETHEUS_PORT);

  try {
    write(`project ${project.name}: building, which takes a minute or two the first time`);
    if (!(await checks.check('every image builds', () => build(project.compose)))) return;
    if (!(await checks.check('the grid starts and is healthy', () => start(grid)))) return;
    await checks.check('with the grid alone, Prometheus has all its targets up and no other', () =>
      expectTargetsUp(prometheusUrl, gridTargets),
    );
    const panels = { root, prometheusUrl, since: now() / 1000, now: () => now() / 1000 };
    await checkGrid(checks, { project, entryUrl: url(ports.CHARGE_REQUEST_PORT) });
    await checks.check("every panel of the grid's dashboard shows what was under load", () =>
      expectPanelsFilled('dashboard.json', panels),
    );
    await checkPool(checks, { project, prometheusUrl, balancerUrl: url(ports.LOAD_BALANCER_PORT) });
    await checkGridUnderFire(checks, { project, entryUrl: url(ports.CHARGE_REQUEST_PORT), seed, write, now });
    if (!(await checks.check('the store starts beside it and is healthy', () => start(store)))) return;
    const nodeUrls = [ports.NODE1_PORT, ports.NODE2_PORT, ports.NODE3_PORT].map(url);
    await checkStoreUnderFire(checks, { project, nodeUrls, seed, write, now });
    await checkStore(checks, { project, root, nodeUrls });
    await checks.check("every panel of the store's dashboard shows what is under load", () =>
      withTraffic(nodeUrls, () => expectPanelsFilled('store-dashboard.json', panels)),
    );
    await checks.check('every rule of Prometheus is evaluated, and records something', () =>
      withTraffic(nodeUrls, () => expectRulesEvaluated(prometheusUrl, panels.now)),
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
    await checks.check('every container runs with no more rights than it needs', async () => {
      const containers = await containersOf(project, ...grid, ...store);
      const complaints = containers.flatMap((container) =>
        missingProtections(container).map((missing) => `${container.Name} lacks ${missing}`),
      );
      if (complaints.length > 0) throw new Error(complaints.join(', '));
      return `${containers.length} containers`;
    });
    await checks.check('every service that is asked to end does so by itself, with status 0', async () => {
      const services = [...grid, ...store];
      await project.compose('stop', ...services);
      const odd = (await containersOf(project, ...services)).filter(({ State }) => State.ExitCode !== 0);
      if (odd.length > 0) {
        throw new Error(odd.map(({ Name, State }) => `${Name} ended with ${State.ExitCode}`).join(', '));
      }
      return `${services.length} services`;
    });
  } finally {
    await checks.check('nothing is left', async () => {
      await project.remove();
      const left = await project.left();
      if (left.length > 0) throw new Error(left.join(' '));
      return undefined;
    });
    process.off('SIGINT', removeOnSignal);
    process.off('SIGTERM', removeOnSignal);
  }
}

async function build(compose: (...args: string[]) => Promise<string>): Promise<undefined> {
  await compose('--profile', 'load', 'build');
}
