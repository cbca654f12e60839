import pWaitFor, { TimeoutError } from 'p-wait-for';
import type { RequestRecord } from 'smart-grid-load-balancer/workload/outcome';
import { type DiscoveryUrls, waitForSubstations } from '../prometheus/wait-for-substations.ts';
import type { Checks } from '../report/checks.ts';
import { type ChargingLoad, startChargingLoad } from './charging-load.ts';
import type { Stack } from './stack.ts';
import { followSubstations, readRunningTotals, type SubstationTotal } from './substation-totals.ts';

export type ScalingOptions = DiscoveryUrls & {
  stack: Stack;
  entryUrls: readonly string[];
  seed: number;
};

/** Each substation's capacity in the stack, in kW. */
const CAPACITY_KW = 100;

/** Sessions arrive much faster than they end; this limit allows for a busy machine. */
const LOADED_TIMEOUT_MS = 60_000;

/** Sums of the same numbers in another order differ by rounding errors far below this, in kW. */
const ROUNDING_KW = 0.001;

/** Scales the substations up and down while vehicles arrive. */
export async function checkScaling(checks: Checks, options: ScalingOptions): Promise<void> {
  const { stack } = options;
  const load = startChargingLoad(options);
  const totals: SubstationTotal[] = [];
  try {
    await checks.check('three more substations are discovered and used under load', async () => {
      await waitForPower(load, 0.6 * 3 * CAPACITY_KW);
      await stack.docker('service', 'scale', '--detach', `${stack.service('substation')}=6`);
      const found = await waitForSubstations(options, 6);
      const power = await waitForPower(load, 3 * CAPACITY_KW);
      return `${found}; ${power} kW, more than the ${3 * CAPACITY_KW} kW of three`;
    });
    await checks.check('scaling down removes three substations and completes their sessions', async () => {
      const totalsOfExited = await followSubstations(stack);
      await stack.docker('service', 'scale', '--detach', `${stack.service('substation')}=3`);
      const found = await waitForSubstations(options, 3);
      await waitForContainers(stack, 3);
      const exited = await totalsOfExited();
      totals.push(...exited);
      if (exited.length !== 3 || exited.some(({ cutOff }) => cutOff > 0)) {
        throw new Error(`expected three exits without a cut-off session: ${JSON.stringify(exited)}`);
      }
      return found;
    });
  } finally {
    const records = await load.stop();
    await checks.check('no request failed, and drivers and substations agree on the charges', async () => {
      totals.push(...(await readRunningTotals(stack)));
      return compareTotals(records, totals);
    });
  }
}

async function waitForPower(load: ChargingLoad, aboveKw: number): Promise<number> {
  let power = 0;
  const isReached = async () => {
    power = await load.powerKw();
    return power > aboveKw;
  };
  await pWaitFor(isReached, { interval: 250, timeout: LOADED_TIMEOUT_MS }).catch((error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error;
    throw new Error(`expected more than ${aboveKw} kW, got ${power} kW`);
  });
  return power;
}

async function waitForContainers(stack: Stack, count: number): Promise<void> {
  await pWaitFor(async () => (await stack.containers('substation')).length === count, {
    interval: 250,
    timeout: LOADED_TIMEOUT_MS,
  });
}

/** @throws Error if a request failed, or if drivers and substations disagree on the accepted power */
function compareTotals(records: readonly RequestRecord[], totals: readonly SubstationTotal[]): string {
  const failed = records.filter(({ outcome }) => !['accepted', 'rejected'].includes(outcome.kind));
  if (failed.length > 0) {
    throw new Error(`${failed.length} requests failed, such as ${JSON.stringify(failed[0])}`);
  }
  const reported = new Map<string, number>();
  for (const { outcome } of records) {
    if (outcome.kind !== 'accepted') continue;
    reported.set(outcome.substationId, (reported.get(outcome.substationId) ?? 0) + outcome.chargeKw);
  }
  const counted = new Map(totals.map(({ substation, acceptedKw }) => [substation, acceptedKw]));
  const differing = [...new Set([...reported.keys(), ...counted.keys()])].filter(
    (id) => Math.abs((reported.get(id) ?? 0) - (counted.get(id) ?? 0)) > ROUNDING_KW,
  );
  if (differing.length > 0) {
    throw new Error(
      differing
        .map((id) => `${id}: drivers ${reported.get(id)} kW, substation ${counted.get(id)} kW`)
        .join('; '),
    );
  }
  const accepted = records.filter(({ outcome }) => outcome.kind === 'accepted').length;
  return `${records.length} requests, ${accepted} accepted at ${counted.size} substations`;
}
