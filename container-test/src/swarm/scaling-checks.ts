import pWaitFor, { TimeoutError } from 'p-wait-for';
import type { RequestRecord } from 'smart-grid-load-balancer/workload/outcome.ts';
import { waitForSubstations } from '../prometheus/wait-for-substations.ts';
import type { Checks } from '../report/checks.ts';
import { type ChargingLoad, startChargingLoad } from './charging-load.ts';
import type { Stack } from './stack.ts';
import { followSubstations, type SubstationTotal, totalsOfRunning } from './substation-totals.ts';

export type ScalingOptions = {
  stack: Stack;
  entryUrls: readonly string[];
  balancerUrl: string;
  prometheusUrl: string;
  seed: number;
};

/** What the stack gives each substation, in kW. */
const CAPACITY_KW = 100;

/** Sessions arrive much faster than they end; this is for a machine that does much else. */
const LOADED_WITHIN_MS = 60_000;

/** Scales the substations up and down while vehicles arrive. */
export async function checkScaling(checks: Checks, options: ScalingOptions): Promise<void> {
  const { stack } = options;
  const load = startChargingLoad(options);
  const totals: SubstationTotal[] = [];
  try {
    await checks.check('three more substations are found and used under load', async () => {
      await waitForPower(load, 0.6 * 3 * CAPACITY_KW);
      await stack.docker('service', 'scale', '--detach', `${stack.service('substation')}=6`);
      const seen = await waitForSubstations(options, 6);
      const power = await waitForPower(load, 3 * CAPACITY_KW);
      return `${seen}; ${power} kW, where three have ${3 * CAPACITY_KW}`;
    });
    await checks.check('three are taken away again, and every session there runs to its end', async () => {
      const lastWords = await followSubstations(stack);
      await stack.docker('service', 'scale', '--detach', `${stack.service('substation')}=3`);
      const seen = await waitForSubstations(options, 3);
      await waitForContainers(stack, 3);
      const ended = await lastWords();
      totals.push(...ended);
      const cutOff = ended.filter((total) => total.cutOff > 0);
      if (ended.length !== 3 || cutOff.length > 0) throw new Error(`ended: ${JSON.stringify(ended)}`);
      return seen;
    });
  } finally {
    const records = await load.stop();
    await checks.check(
      'meanwhile no request failed, and drivers were told what substations counted',
      async () => {
        totals.push(...(await totalsOfRunning(stack)));
        return expectTruth(records, totals);
      },
    );
  }
}

async function waitForPower(load: ChargingLoad, aboveKw: number): Promise<number> {
  let power = 0;
  const reached = async () => {
    power = await load.powerKw();
    return power > aboveKw;
  };
  await pWaitFor(reached, { interval: 250, timeout: LOADED_WITHIN_MS }).catch((error: unknown) => {
    throw error instanceof TimeoutError ? new Error(`wanted more than ${aboveKw} kW, not ${power}`) : error;
  });
  return power;
}

async function waitForContainers(stack: Stack, count: number): Promise<void> {
  await pWaitFor(async () => (await stack.containers('substation')).length === count, {
    interval: 250,
    timeout: LOADED_WITHIN_MS,
  });
}

/** Sums are compared to a watt: those of another order differ in their last binary digits. */
function expectTruth(records: readonly RequestRecord[], totals: readonly SubstationTotal[]): string {
  const failed = records.filter(({ outcome }) => !['accepted', 'rejected'].includes(outcome.kind));
  if (failed.length > 0) throw new Error(`${failed.length} failed, such as ${JSON.stringify(failed[0])}`);
  const told = new Map<string, number>();
  for (const { outcome } of records) {
    if (outcome.kind !== 'accepted') continue;
    told.set(outcome.substationId, (told.get(outcome.substationId) ?? 0) + outcome.chargeKw);
  }
  const counted = new Map(totals.map(({ substation, acceptedKw }) => [substation, acceptedKw]));
  const differing = [...new Set([...told.keys(), ...counted.keys()])].filter(
    (id) => Math.abs((told.get(id) ?? 0) - (counted.get(id) ?? 0)) > 0.001,
  );
  if (differing.length > 0) {
    throw new Error(
      differing.map((id) => `${id}: told ${told.get(id)} kW, counted ${counted.get(id)} kW`).join('; '),
    );
  }
  const accepted = records.filter(({ outcome }) => outcome.kind === 'accepted').length;
  return `${records.length} requests, ${accepted} accepted at ${counted.size} substations`;
}
