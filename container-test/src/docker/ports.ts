import { freePort } from '@gridclock/local-service';

/** What is published where, by the variables through which the compose files let ports be chosen. */
export type Ports = Awaited<ReturnType<typeof freePorts>>;

/** A free port for everything that is published, so that a suite running beside the test is left alone. */
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
  };
}
