import { freePort } from '@gridclock/local-service';

/** The variables by which the compose files let published ports be chosen. */
const portVariables = [
  'NODE1_PORT',
  'NODE2_PORT',
  'NODE3_PORT',
  'CHARGE_REQUEST_PORT',
  'LOAD_BALANCER_PORT',
  'PROMETHEUS_PORT',
  'GRAFANA_PORT',
] as const;

export type Ports = Record<(typeof portVariables)[number], string>;

/** A free port for everything that is published, so that a suite running beside the test is left alone. */
export async function freePorts(): Promise<Ports> {
  const ports: Partial<Ports> = {};
  for (const variable of portVariables) ports[variable] = String(await freePort());
  return ports as Ports;
}
