import { freePort } from '@gridclock/local-service';

/** A host port for each variable by which the compose files publish a service. */
export type Ports = Awaited<ReturnType<typeof freePorts>>;

/** Chooses a free port for every published service, so that a suite already running is not disturbed. */
export async function freePorts() {
  const port = async () => String(await freePort());
  return {
    NODE1_PORT: await port(),
    NODE2_PORT: await port(),
    NODE3_PORT: await port(),
    CHARGE_REQUEST_PORT: await port(),
    LOAD_BALANCER_PORT: await port(),
    PROMETHEUS_PORT: await port(),
    GRAFANA_PORT: await port(),
    ALERTMANAGER_PORT: await port(),
  };
}

/** The URL of a port published on this machine. */
export function localUrl(port: string): string {
  return `http://127.0.0.1:${port}`;
}
