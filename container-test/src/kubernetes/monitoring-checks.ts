import pWaitFor, { TimeoutError } from 'p-wait-for';
import { expectTargetsUp } from '../prometheus/expect-targets-up.ts';
import { readFiringAlerts, readTargets } from '../prometheus/prometheus-api.ts';
import type { Checks } from '../report/checks.ts';
import { type Cluster, NAMESPACE } from './cluster.ts';
import type { Guide } from './guide.ts';

/** The pod stops within 10 s, Prometheus notices within 5 s, and the alert waits 30 s. */
const ALERT_TIMEOUT_MS = 90_000;

/** Installs the Operator and applies overlays/monitoring, which also resets the number of pods. */
export async function startMonitoring(checks: Checks, cluster: Cluster, guide: Guide): Promise<boolean> {
  return checks.check('overlays/monitoring applies to a cluster with the Prometheus Operator', async () => {
    await cluster.installMonitoring();
    await guide.run('applyMonitoring', 'labelMonitoring');
    return undefined;
  });
}

/** Waits until Prometheus scrapes every pod. Then stops the only balancer, and waits for the alert. */
export async function checkMonitoring(checks: Checks, cluster: Cluster): Promise<void> {
  const stopped = new AbortController();
  const forwarded = 'kubectl -n monitoring port-forward service/prometheus-operated 9090';
  try {
    let url = '';
    const isWatched = await checks.check('Prometheus scrapes every pod', async () => {
      url = await cluster.forward(forwarded, stopped.signal);
      return expectTargetsUp(url, await expectedTargets(cluster));
    });
    if (isWatched) await checkMissingBalancer(checks, cluster, url);
  } finally {
    stopped.abort();
  }
}

async function checkMissingBalancer(checks: Checks, cluster: Cluster, url: string): Promise<void> {
  await checks.check('an alert reports that no balancer runs', async () => {
    await cluster.kubectl('-n', NAMESPACE, 'scale', 'deployment/load-balancer', '--replicas=0');
    const isFiring = async () =>
      (await readFiringAlerts(url)).some(
        ({ alertname, job }) => alertname === 'ServiceMissing' && job === 'load_balancer',
      );
    await pWaitFor(isFiring, { interval: 1_000, timeout: ALERT_TIMEOUT_MS }).catch(async (error: unknown) => {
      if (!(error instanceof TimeoutError)) throw error;
      const targets = (await readTargets(url)).map(
        ({ job, instance, health }) => `${job}/${instance} ${health}`,
      );
      throw new Error(`ServiceMissing does not fire; targets: ${targets.join(', ')}`);
    });
    return undefined;
  });
}

async function expectedTargets({ kubectl }: Cluster): Promise<string[]> {
  const pods = await kubectl(
    ...['-n', NAMESPACE, 'get', 'pod', '-l', 'app.kubernetes.io/part-of=gridclock', '-o'],
    'jsonpath={range .items[*]}{.metadata.labels.app\\.kubernetes\\.io/component}/{.metadata.name}{"\\n"}{end}',
  );
  return pods
    .split('\n')
    .map((line) => line.replace(/^store\//, 'vector_clock_kv_store/'))
    .map((line) => line.replace(/^[^/]+/, (job) => job.replaceAll('-', '_')));
}
