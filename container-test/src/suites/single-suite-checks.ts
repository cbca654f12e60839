import { freePorts, localUrl } from '../docker/ports.ts';
import { withProject } from '../docker/project.ts';
import type { PartOptions } from '../part.ts';
import { expectTargetsUp } from '../prometheus/expect-targets-up.ts';
import type { Checks } from '../report/checks.ts';

/** Starts each suite from its own Compose file, sends one request, and removes it. */
export async function checkSingleSuites(checks: Checks, { name, root }: PartOptions): Promise<void> {
  const ports = await freePorts();
  const environment = { ...ports, BIND_ADDRESS: '127.0.0.1' };
  const store = {
    name: `${name}-store`,
    root,
    file: 'vector-clock-kv-store/docker-compose.yml',
    environment,
  };
  await withProject(checks, store, async ({ compose }) => {
    await checks.check('the store starts alone and takes a write', async () => {
      await compose('up', '--detach', '--build', '--wait');
      return post(`${localUrl(ports.NODE1_PORT)}/put`, { key: 'alone', value: 1, acks: 3 });
    });
  });
  const grid = {
    name: `${name}-grid`,
    root,
    file: 'smart-grid-load-balancer/docker-compose.yml',
    environment,
  };
  await withProject(checks, grid, async ({ compose }) => {
    const started = await checks.check('the grid starts alone and takes a charge', async () => {
      await compose('up', '--detach', '--build', '--wait', 'charge_request_service', 'prometheus');
      return post(`${localUrl(ports.CHARGE_REQUEST_PORT)}/charge`, {
        vehicle_id: 'EV_1000',
        charge_amount: 7,
      });
    });
    if (!started) return;
    await checks.check("Prometheus scrapes exactly the grid's targets, all up", () =>
      expectTargetsUp(localUrl(ports.PROMETHEUS_PORT), gridTargets),
    );
  });
}

/** The grid's targets in Prometheus, as `job/instance`. */
export const gridTargets: readonly string[] = [
  ...['substation_1', 'substation_2', 'substation_3'].map((substation) => `substation/${substation}`),
  'load_balancer/load_balancer',
  'charge_request_service/charge_request_service',
  'prometheus/localhost',
];

async function post(url: string, body: unknown): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`POST ${url} got ${response.status}: ${text}`);
  return text;
}
