import type { ChargeRequest } from '@gridclock/grid-protocol';
import type { GridClient } from '../../workload/grid-client.ts';
import type { Outcome } from '../../workload/outcome.ts';

/** A grid client without a network, for tests on virtual time. */
export type VirtualGrid = GridClient & { received: () => number };

/** Creates a grid client whose outcomes the test chooses; `index` counts requests from 0. */
export function virtualGrid(
  charge: (index: number, request: ChargeRequest, interrupted: AbortSignal) => Outcome | Promise<Outcome>,
): VirtualGrid {
  let received = 0;
  return {
    charge: async (request, interrupted) => charge(received++, request, interrupted),
    status: async () => ({ loads: { substation_1: 20, substation_2: 30.5 }, capacities: {}, urls: {} }),
    acceptedTotals: async () => undefined,
    connectionError: async () => undefined,
    received: () => received,
  };
}
