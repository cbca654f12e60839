import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTemporaryDirectory, freePort } from '@gridclock/local-service';
import type { Contender, Sample } from '../compare/row.ts';
import { startProgram, untilReady } from '../compare/start-program.ts';
import { measureThroughput, warmUp } from '../compare/throughput.ts';
import type { WrkRequest } from '../compare/wrk-script.ts';
import { charges, routedCharges } from './charge-contenders.ts';
import type { RunningGrid } from './running-grid.ts';

export const ADDED = 'added p50 ms';

/** Measures a hop; with one connection also a substation without it: the difference is what the hop adds. */
async function measureHop(
  { substations }: RunningGrid,
  url: string,
  requests: readonly WrkRequest[],
  connections: number,
): Promise<Sample> {
  if (connections > 1) return measureThroughput(url, connections, requests);
  const direct = await measureThroughput(substations[0]?.url ?? '', connections, charges);
  const through = await measureThroughput(url, connections, requests);
  return { ...through, [ADDED]: (through['p50 ms'] ?? Number.NaN) - (direct['p50 ms'] ?? Number.NaN) };
}

/** The balancer in front of three substations. */
export function balancerHop(connections: number, grid: () => Promise<RunningGrid>): Contender {
  return {
    name: 'balancer',
    needs: ['wrk'],
    async open() {
      const running = await grid();
      const { url } = running.balancer;
      await warmUp(url, routedCharges);
      return {
        measure: () => measureHop(running, url, routedCharges, connections),
        close: running.close,
      };
    },
  };
}

/** HAProxy in front of the same substations: it balances by connections and knows nothing of their load. */
export function haproxyHop(connections: number, grid: () => Promise<RunningGrid>): Contender {
  return {
    name: 'HAProxy',
    needs: ['wrk', 'haproxy'],
    async open() {
      const running = await grid();
      const port = await freePort();
      const directory = await createTemporaryDirectory();
      const file = join(directory.path, 'haproxy.cfg');
      await writeFile(file, configuration(port, running.substations));
      const program = startProgram('haproxy', ['-db', '-q', '-f', file]);
      const close = async () => {
        await program.stop();
        await directory.remove();
        await running.close();
      };
      const url = `http://127.0.0.1:${port}`;
      await untilReady('HAProxy', async () => (await fetch(`${url}/health`)).ok || undefined);
      await warmUp(url, charges);
      return { measure: () => measureHop(running, url, charges, connections), close };
    },
  };
}

/** One thread, as the balancer has. */
function configuration(port: number, substations: RunningGrid['substations']): string {
  const servers = substations.map((substation, index) => `  server s${index} 127.0.0.1:${substation.port}`);
  return `global
  nbthread 1
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
  http-reuse always
frontend grid
  bind 127.0.0.1:${port}
  default_backend substations
backend substations
  balance leastconn
${servers.join('\n')}
`;
}
