import pWaitFor, { TimeoutError } from 'p-wait-for';
import { z } from 'zod';
import type { Checks } from '../report/checks.ts';
import { type Cluster, MACHINE, NAMESPACE } from './cluster.ts';
import type { Guide } from './guide.ts';

/** The balancer looks the substations up every second, and a draining one exits after its sessions. */
const SCALED_TIMEOUT_MS = 90_000;

const chargeSchema = z.object({ status: z.literal('accepted'), substation_id: z.string() });
const statusSchema = z.object({ substation_loads: z.record(z.string(), z.number()) });

/** Charges at the public entry, scales the substations, and runs a rush hour. */
export async function checkGrid(checks: Checks, cluster: Cluster, guide: Guide): Promise<void> {
  await checks.check(
    'the public entry charges, at its NodePort and at the port that is forwarded',
    async () => {
      const stopped = new AbortController();
      try {
        const urls = [`http://${MACHINE}:30800`, await guide.forward('forwardEntry', stopped.signal)];
        return (await Promise.all(urls.map(charge))).join(', ');
      } finally {
        stopped.abort();
      }
    },
  );
  await checks.check('the balancer uses six substations, and three after scaling down', async () => {
    await guide.run('addSubstations');
    await waitForSubstations(cluster, 6);
    await cluster.kubectl('-n', NAMESPACE, 'scale', 'statefulset/substation', '--replicas=3');
    await waitForSubstations(cluster, 3);
    return undefined;
  });
  const isRunning = await checks.check("the load test's log can be followed once the Job runs", async () => {
    await guide.run('startLoadTest', 'awaitLoadTest');
    return undefined;
  });
  if (!isRunning) return;
  await checks.check('the load test completes', async () => {
    const log = await guide.run('followLoadTest');
    await cluster.kubectl(
      ...['-n', NAMESPACE, 'wait', '--for=condition=Complete', '--timeout=30s', 'job/load-tester'],
    );
    await guide.run('deleteLoadTest');
    return log
      .split('\n')
      .filter((line) => /^\s*(total|successful|rejected|failed)\b/i.test(line))
      .map((line) => line.trim().replace(/\s+/g, ' '))
      .join(', ');
  });
}

async function charge(url: string): Promise<string> {
  const response = await fetch(`${url}/charge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ vehicle_id: 'EV_1', charge_amount: 7, priority: 'normal' }),
  });
  return chargeSchema.parse(await response.json()).substation_id;
}

async function waitForSubstations({ kubectl }: Cluster, count: number): Promise<void> {
  let found: string[] = [];
  const script =
    'fetch("http://127.0.0.1:8080/status").then((response) => response.text()).then(console.log)';
  const allFound = async () => {
    const status = await kubectl(
      ...['-n', NAMESPACE, 'exec', 'deployment/load-balancer', '--', 'node', '-e', script],
    );
    found = Object.keys(statusSchema.parse(JSON.parse(status)).substation_loads);
    return found.length === count;
  };
  await pWaitFor(allFound, { interval: 1_000, timeout: SCALED_TIMEOUT_MS }).catch((error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error;
    throw new Error(`expected ${count} substations, found ${found.join(' ')}`);
  });
}
