import type { ChargeRequest, Priority } from '@gridclock/grid-protocol';
import type { SeededRandom } from '@gridclock/simulation-kit';

/** Charging powers in kW: two household sockets, a public post, and three fast chargers. */
export const CHARGE_AMOUNTS_KW = [7, 11, 22, 50, 100, 150] as const;

/** Draws one request: `EV_1000` to `EV_9999`, amounts evenly, priority low 20 %, normal 60 %, high 20 %. */
export function drawVehicle(
  random: SeededRandom,
  amountsKw: readonly [number, ...number[]] = CHARGE_AMOUNTS_KW,
): ChargeRequest {
  return {
    vehicle_id: `EV_${random.integer(1000, 9999)}`,
    charge_amount: random.pick(amountsKw),
    priority: drawPriority(random),
  };
}

/** Draws a worker's pause between two requests: 100 to 2,000 ms. */
export function drawPauseMs(random: SeededRandom): number {
  return 100 + random.fraction() * 1_900;
}

function drawPriority(random: SeededRandom): Priority {
  const chance = random.fraction();
  if (chance < 0.2) return 'low';
  return chance < 0.8 ? 'normal' : 'high';
}
