import { eventually, ProgramStartError, patienceAfter } from '@gridclock/judge-kit';
import { BalancerBench, type BalancerBenchOptions } from './system/balancer-bench.ts';
import { type Dialect, dialects } from './system/dialect.ts';
import { formatResponse } from './system/grid-client.ts';

/** A balancer follows the contract in no known dialect; the message says what came of each. */
export class UnknownDialect extends Error {
  override readonly name = 'UnknownDialect';
}

/**
 * Finds out how a balancer learns of its substations, by starting it in each known way until a charge arrives at one.
 *
 * @throws UnknownDialect
 */
export async function recogniseDialect(command: string, startMs?: number): Promise<Dialect> {
  const failures: string[] = [];
  for (const dialect of dialects) {
    const found = await tryDialect({ command, dialect, startMs });
    if (typeof found !== 'string') return found;
    failures.push(`with ${dialect.launch}: ${found}`);
  }
  throw new UnknownDialect(failures.join('; '));
}

const routes: readonly Dialect['route'][] = ['/route_charge', '/assign_substation'];

/** @returns the dialect, or why it is another one */
async function tryDialect(options: BalancerBenchOptions): Promise<Dialect | string> {
  const startedAt = performance.now();
  let bench: BalancerBench;
  try {
    bench = await BalancerBench.start(options);
  } catch (error) {
    if (error instanceof ProgramStartError) return error.message;
    throw error;
  }
  let last = 'no answer';
  let found: Dialect | undefined;
  const isFound = async () => {
    for (const route of routes) {
      const charge = { vehicle_id: 'EV_1', charge_amount: 1 };
      const response = await bench.client.post(route, { json: charge });
      last = `POST ${route} gets ${formatResponse(response)}`;
      if (bench.charged.length > 0 && response.status === 200) found = { ...options.dialect, route };
      if (response.status !== 404) break;
    }
    return found !== undefined;
  };
  await eventually(isFound, patienceAfter(performance.now() - startedAt));
  const exit = bench.process.exit === undefined ? '' : ` (the program exited: ${bench.process.output})`;
  await bench.stop();
  return found ?? `${last}${exit}`;
}
