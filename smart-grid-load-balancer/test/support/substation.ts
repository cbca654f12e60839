import { RequestMemory } from '../../substation_service/request-memory.ts';
import { Substation } from '../../substation_service/substation.ts';

export type SubstationFixture = {
  id?: string;
  life?: string | undefined;
  /** In kW. */
  maxCapacity?: number;
  /** In kW. */
  highPriorityReserve?: number;
  /** How many ended requests the substation remembers. */
  limit?: number;
  /** Monotonic, in milliseconds; constant by default. */
  now?: () => number;
};

/** How long a test's substation remembers an ended request, in milliseconds. */
const REMEMBER_MS = 60_000;

/** Creates a substation, by default `s1` with 100 kW. */
export function createSubstation({
  id = 's1',
  life,
  maxCapacity = 100,
  highPriorityReserve = 0,
  limit = 1_000,
  now = () => 0,
}: SubstationFixture = {}): Substation {
  const memory = new RequestMemory({ rememberMs: REMEMBER_MS, limit, now });
  return new Substation({ id, life, maxCapacity, highPriorityReserve, memory });
}

/** A valid charge request. */
export const validCharge = { vehicle_id: 'EV_1', charge_amount: 22, priority: 'normal' };
