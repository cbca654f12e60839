import pWaitFor, { TimeoutError } from 'p-wait-for';
import { z } from 'zod';
import { readTargets } from './prometheus-api.ts';

/** The balancer resolves names every second and Prometheus every 5 s. */
const DISCOVERY_TIMEOUT_MS = 60_000;

const statusSchema = z.object({ substation_loads: z.record(z.string(), z.number()) });

export type DiscoveryUrls = { balancerUrl: string; prometheusUrl: string };

/** Waits until the balancer routes to exactly `count` substations and Prometheus has exactly these up. */
export async function waitForSubstations(
  { balancerUrl, prometheusUrl }: DiscoveryUrls,
  count: number,
): Promise<string> {
  let found = '';
  const allFound = async () => {
    const response = await fetch(`${balancerUrl}/status`);
    const routed = Object.keys(statusSchema.parse(await response.json()).substation_loads);
    const targets = (await readTargets(prometheusUrl)).filter(({ job }) => job === 'substation');
    const up = targets.filter(({ health }) => health === 'up');
    found = `${routed.length} at the balancer, ${up.length} of ${targets.length} up in Prometheus`;
    return routed.length === count && targets.length === count && up.length === count;
  };
  await pWaitFor(allFound, { interval: 500, timeout: DISCOVERY_TIMEOUT_MS }).catch((error: unknown) => {
    throw error instanceof TimeoutError ? new Error(`expected ${count} substations, found ${found}`) : error;
  });
  return found;
}
