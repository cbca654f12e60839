import type { ReceivedCharge } from '../system/charges.ts';

/** A vehicle that charges more than once, and where. */
export type DoubleCharge = { vehicle: string; substations: readonly string[] };

/** Finds the vehicles that have more than one session. Each of them asked for one charge. */
export function findDoubleCharges(
  sessions: readonly Pick<ReceivedCharge, 'vehicle' | 'substation'>[],
): DoubleCharge[] {
  const byVehicle = new Map<string, string[]>();
  for (const { vehicle, substation } of sessions)
    byVehicle.set(vehicle, [...(byVehicle.get(vehicle) ?? []), substation]);
  return [...byVehicle]
    .filter(([, substations]) => substations.length > 1)
    .map(([vehicle, substations]) => ({ vehicle, substations }));
}

/** "EV_1 at substation_1 and substation_2" for a report. */
export function formatDoubleCharges(found: readonly DoubleCharge[]): string {
  return found.map(({ vehicle, substations }) => `${vehicle} at ${substations.join(' and ')}`).join('; ');
}
