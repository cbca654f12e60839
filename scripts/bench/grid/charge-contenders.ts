import { fileURLToPath } from 'node:url';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';
import type { Contender } from '../compare/row.ts';
import { measureThroughput, warmUp } from '../compare/throughput.ts';
import type { WrkRequest } from '../compare/wrk-script.ts';
import { startGrid } from './running-grid.ts';

/** 0.001 kW: a second's sessions leave the substations nearly empty. */
const body = JSON.stringify({ vehicle_id: 'EV_1234', charge_amount: 0.001, priority: 'normal' });

/** A small charge, to the entry or to a substation. */
export const charges: WrkRequest[] = [{ path: '/charge', body }];

/** The same, to the balancer. */
export const routedCharges: WrkRequest[] = [{ path: '/route_charge', body }];

/** Entry, balancer and three substations. */
export function gridContender(connections: number): Contender {
  return {
    name: 'grid, three services',
    needs: ['wrk'],
    async open() {
      const { close, entry } = await startGrid();
      await warmUp(entry.url, charges);
      return { measure: () => measureThroughput(entry.url, connections, charges), close };
    },
  };
}

/** Three plain hops in a row. */
export function plainHops(connections: number): Contender {
  return {
    name: 'three plain Express + axios hops',
    needs: ['wrk'],
    async open() {
      const hops: LocalService[] = [];
      const close = async () => {
        await Promise.all(hops.map((hop) => hop.stop()));
      };
      for (let hop = 0; hop < 3; hop++) {
        const [next] = hops;
        hops.unshift(
          startLocalService({
            name: 'plain hop',
            entryFile: fileURLToPath(new URL('plain-hop.ts', import.meta.url)),
            port: await freePort(),
            environment: {
              NODE_ENV: 'production',
              ...(next === undefined ? {} : { NEXT_URL: `${next.url}/charge` }),
            },
          }),
        );
      }
      await Promise.all(hops.map((hop) => hop.ready()));
      const url = hops[0]?.url ?? '';
      await warmUp(url, charges);
      return { measure: () => measureThroughput(url, connections, charges), close };
    },
  };
}
