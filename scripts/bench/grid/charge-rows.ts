import type { Comparison } from '../compare/row.ts';
import { gridContender, plainHops } from './charge-contenders.ts';
import { ADDED, balancerHop, haproxyHop } from './hop-contenders.ts';
import { sharedGrid } from './running-grid.ts';

const counted = (connections: number) => `${connections} ${connections === 1 ? 'connection' : 'connections'}`;

const chargeRow = (connections: number): Comparison => ({
  kind: 'comparison',
  name: `charge-${connections}`,
  title: `Charge through entry, balancer and substation, ${counted(connections)}`,
  measures: [
    { name: 'requests/s', better: 'more', targets: { 'three plain Express + axios hops': 1.2 } },
    { name: 'p50 ms', better: 'less' },
    { name: 'p99 ms', better: 'less' },
  ],
  contenders: [gridContender(connections), plainHops(connections)],
  limit: `${
    connections === 1
      ? 'Three services handle each request one after the other, so the sum of their processor time is the limit.'
      : 'All services and the client share the cores, so the processor time of one charge in all three is the limit.'
  } Neither side has a disk. The entry counts requests per client address and states the rest in each response (RATE_LIMIT_PER_S=1000000; the default of 1,000 would refuse the benchmark's one client); the plain hops have no limit.`,
});

const hopRow = (connections: number): Comparison => {
  const grid = sharedGrid();
  return {
    kind: 'comparison',
    name: `hop-${connections}`,
    title: `The balancer's hop in front of three substations, ${counted(connections)}`,
    measures: [
      { name: 'requests/s', better: 'more', ...(connections > 1 ? { targets: { HAProxy: 0.5 } } : {}) },
      { name: 'p50 ms', better: 'less' },
      // Many connections wait for the substations: the difference to one substation would say nothing.
      ...(connections === 1 ? [{ name: ADDED, better: 'less' as const, targets: { HAProxy: 5 } }] : []),
    ],
    contenders: [balancerHop(connections, grid), haproxyHop(connections, grid)],
    limit:
      "The balancer's only thread parses and checks each charge, chooses a substation by its load, remembers the request, and parses the response; HAProxy copies bytes. The faster the substations, the smaller the ratio.",
  };
};

/** Charges through the whole grid against plain hops, and the balancer's hop against HAProxy. */
export const chargeRows: readonly Comparison[] = [1, 16, 64].map(chargeRow).concat([1, 16].map(hopRow));
