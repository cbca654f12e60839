import type { ChargeRequest, Priority } from '@gridclock/grid-protocol';
import { pick, type Random, wholeBetween } from './random.ts';

/** Charging powers in kW: two household sockets, a public post, and three fast chargers. */
export const CHARGE_AMOUNTS_KW = [7, 11, 22, 50, 100, 150] as const;

/** Draws one request: `EV_1000` to `EV_9999`, any of the amounts, low 20 %, normal 60 %, high 20 %. */
export function drawVehicle(
  random: Random,
  amountsKw: readonly [number, ...number[]] = CHARGE_AMOUNTS_KW,
): ChargeRequest {
  return {
    vehicle_id: `EV_${wholeBetween(1000, 9999, random)}`,
    charge_amount: pick(amountsKw, random),
    priority: drawPriority(random),
  };
}

/** How long a driver's place stays empty before the next arrives: 100 to 2,000 ms. */
export function drawPauseMs(random: Random): number {
  return 100 + random() * 1_900;
}

function drawPriority(random: Random): Priority {
  const chance = random();
  if (chance < 0.2) return 'low';
  return chance < 0.8 ? 'normal' : 'high';
}
