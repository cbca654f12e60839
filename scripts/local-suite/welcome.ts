import { type Address, formatGettingStarted } from '../guide/getting-started.ts';
import type { PlannedService } from './plan.ts';

/** Lists the pages, the URL of every service, and commands to try. Pages of services are added to `addresses`. */
export function formatWelcome(
  services: readonly PlannedService[],
  prometheusPort: number | undefined,
): string {
  const at = (name: string, port: number): Address => ({ name, url: `http://localhost:${port}` });
  const portOf = (name: string) => services.find((service) => service.name === name)?.port ?? 0;
  const local = (name: string) => `http://localhost:${portOf(name)}`;
  // The defaults of both commands; other ports have to be named.
  const shifted = portOf('node1') !== 5001;
  const nodes = shifted ? ` --nodes ${['node1', 'node2', 'node3'].map(local).join()}` : '';
  const grid = shifted
    ? `CHARGE_REQUEST_URL=${local('charge_request_service')} LOAD_BALANCER_URL=${local('load_balancer')} `
    : '';
  return formatGettingStarted({
    addresses: [
      { name: 'store, live', url: `${local('node1')}/ui`, isPage: true },
      { name: 'grid, live', url: `${local('charge_request_service')}/ui`, isPage: true },
      ...services.map(({ name, port }) => at(name, port)),
      prometheusPort === undefined
        ? { name: 'prometheus', note: 'not started: no prometheus on the PATH' }
        : { ...at('prometheus', prometheusPort), isPage: true },
    ],
    next: [
      `npx tsx vector-clock-kv-store/src/client.ts${nodes}`,
      `${grid}npx tsx smart-grid-load-balancer/load_tester/test.ts`,
      `npx tsx vector-clock-kv-store/src/client.ts put x 1${nodes}`,
      `npx tsx vector-clock-kv-store/src/client.ts get x --node node3${nodes}`,
      `npx tsx vector-clock-kv-store/src/client.ts watch${nodes}`,
      `curl -X POST localhost:${portOf('charge_request_service')}/charge -H 'Content-Type: application/json' -d '{"vehicle_id":"EV_1000","charge_amount":22,"priority":"high"}'`,
      `curl localhost:${portOf('load_balancer')}/status`,
    ],
    stop: 'Ctrl-C stops everything.',
  });
}
