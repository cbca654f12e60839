import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Makes the API server serve the Prometheus Operator's kinds, if the cluster's program has built the Operator before.
 * The Operator ignores kinds that the server does not serve when it starts, and then runs no Prometheus.
 *
 * @param kubeconfig in the program's folder, at `run/config/kubeconfig`
 */
export async function establishDefinitions(
  kubectl: (...args: string[]) => Promise<string>,
  kubeconfig: string,
): Promise<void> {
  const folder = join(dirname(kubeconfig), '../..');
  const built = (await readdir(folder)).filter((name) => name.startsWith('operator-'));
  for (const operator of built) {
    const definitions = join(folder, operator, 'definitions');
    await kubectl('apply', '--server-side', '-f', definitions);
    await kubectl('wait', '--for=condition=Established', '--timeout=60s', '-f', definitions);
  }
}
