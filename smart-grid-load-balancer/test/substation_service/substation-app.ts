import { createLogger, createRegistry } from '@gridclock/service-kit';
import { VirtualClock } from '@gridclock/simulation-kit';
import supertest from 'supertest';
import { createApp } from '../../substation_service/app.ts';
import { Charging } from '../../substation_service/charging.ts';
import { RequestMemory } from '../../substation_service/request-memory.ts';
import { Substation } from '../../substation_service/substation.ts';
import { SubstationMetrics } from '../../substation_service/substation-metrics.ts';

type Settings = { highPriorityReserve?: number; adminToken?: string };

/** A substation `s1` of 100 kW. Time passes only when told to. */
export function startSubstation({ highPriorityReserve = 0, adminToken }: Settings = {}) {
  const clock = new VirtualClock();
  const registry = createRegistry();
  const memory = new RequestMemory({ rememberMs: 60_000, limit: 1000, now: clock.now });
  const substation = new Substation({ id: 's1', maxCapacity: 100, highPriorityReserve, memory });
  let ids = 0;
  const charging = new Charging({
    substation,
    metrics: new SubstationMetrics(registry, substation),
    processingTimeS: 10,
    clock,
    random: () => 0.5,
    newId: () => String(++ids),
  });
  const app = createApp({ charging, adminToken, registry, logger: createLogger('test', 'silent') });
  return { api: supertest(app), clock };
}

export const good = { vehicle_id: 'EV_1', charge_amount: 22, priority: 'normal' };
