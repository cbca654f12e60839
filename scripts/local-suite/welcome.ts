import { styleText } from 'node:util';
import type { PlannedService } from './plan.ts';

/** Lists the URL of every service, and commands to try. */
export function formatWelcome(
  services: readonly PlannedService[],
  prometheusPort: number | undefined,
): string {
  const url = (port: number) => styleText('cyan', `http://localhost:${port}`);
  const rows = services.map(({ name, port }) => `  ${name.padEnd(24)}${url(port)}`);
  const portOf = (name: string) => services.find((service) => service.name === name)?.port;
  return [
    styleText('bold', 'Gridclock is running'),
    ...rows,
    prometheusPort === undefined
      ? `  ${'prometheus'.padEnd(24)}not started: no prometheus on the PATH`
      : `  ${'prometheus'.padEnd(24)}${url(prometheusPort)}`,
    '',
    'Try, in another terminal:',
    `  curl -X POST localhost:${portOf('node1')}/put -H 'Content-Type: application/json' -d '{"key":"x","value":1}'`,
    `  curl 'localhost:${portOf('node3')}/get?key=x'`,
    `  curl -X POST localhost:${portOf('charge_request_service')}/charge -H 'Content-Type: application/json' -d '{"vehicle_id":"EV_1000","charge_amount":22,"priority":"high"}'`,
    `  curl localhost:${portOf('load_balancer')}/status`,
    '',
    'Ctrl-C stops everything.',
  ].join('\n');
}
