import pWaitFor, { TimeoutError } from 'p-wait-for';
import { z } from 'zod';
import { readTargets } from './api.ts';

/** Balancer and Prometheus look names up every second and every 5 s; Docker answers at once. */
const FOUND_WITHIN_MS = 60_000;

const status = z.object({ substation_loads: z.record(z.string(), z.number()) });

/** Waits until the balancer routes to so many substations, and Prometheus has just these up. */
export async function waitForSubstations(
  { balancerUrl, prometheusUrl }: { balancerUrl: string; prometheusUrl: string },
  count: number,
): Promise<string> {
  let seen = '';
  const agree = async () => {
    const response = await fetch(`${balancerUrl}/status`);
    const routed = Object.keys(status.parse(await response.json()).substation_loads);
    const targets = (await readTargets(prometheusUrl)).filter(({ job }) => job === 'substation');
    const up = targets.filter(({ health }) => health === 'up');
    seen = `${routed.length} at the balancer, ${up.length} of ${targets.length} up in Prometheus`;
    return routed.length === count && targets.length === count && up.length === count;
  };
  await pWaitFor(agree, { interval: 500, timeout: FOUND_WITHIN_MS }).catch((error: unknown) => {
    throw error instanceof TimeoutError ? new Error(`wanted ${count} substations, there are ${seen}`) : error;
  });
  return seen;
}
