import type { Checks } from '../report/checks.ts';
import { type Cluster, NAMESPACE } from './cluster.ts';
import { fetchFromPod, startStoreClient } from './store-client.ts';

/** Tries connections between pods, of which the network policies allow some. */
export async function checkNetworkPolicies(checks: Checks, cluster: Cluster): Promise<void> {
  await checks.check(
    'network policies allow the connections that Compose allows, and no others',
    async () => {
      await startStoreClient(cluster);
      const entry = await cluster.kubectl(
        ...['-n', NAMESPACE, 'get', 'pod', '-l', 'app.kubernetes.io/component=charge-request-service'],
        ...['-o', 'jsonpath={.items[0].metadata.name}'],
      );
      const connections = [
        ['store-client', 'http://store:5000/health', true],
        ['store-client', 'http://load-balancer:8080/health', false],
        [entry, 'http://load-balancer:8080/health', true],
        [entry, 'http://store:5000/health', false],
        [entry, 'http://substations:8001/health', false],
      ] as const;
      const results = await Promise.all(
        connections.map(async ([pod, url, allowed]) => {
          const result = await fetchFromPod(cluster, pod, url);
          return { line: `${pod} to ${url}: ${result}`, asExpected: (result === '200') === allowed };
        }),
      );
      const wrong = results.filter(({ asExpected }) => !asExpected);
      if (wrong.length > 0) throw new Error(wrong.map(({ line }) => line).join('\n'));
      return results.map(({ line }) => line).join('; ');
    },
  );
}
