import { readMetric, substationMetrics } from '@gridclock/grid-protocol';
import { execa } from 'execa';
import { z } from 'zod';
import type { Stack } from './stack.ts';

/** The power a substation has accepted since it started, and how many sessions its exit cut off. */
export type SubstationTotal = { substation: string; acceptedKw: number; cutOff: number };

/** A substation's last log message. */
const exitMessageSchema = z
  .object({ msg: z.enum(['drained', 'stopped with sessions running']) })
  .extend({ substation: z.string(), accepted_kw: z.number(), sessions: z.number().default(0) });

const printMetrics = "fetch('http://127.0.0.1:8001/metrics').then((r) => r.text()).then(console.log)";

/** Reads the totals of all running substations. */
export async function readRunningTotals(stack: Stack): Promise<SubstationTotal[]> {
  const containers = await stack.containers('substation');
  return Promise.all(
    containers.map(async ({ id, name }) => {
      const metrics = await stack.docker('exec', id, 'node', '-e', printMetrics);
      const acceptedKw = readMetric(metrics, substationMetrics.acceptedKilowatts);
      if (acceptedKw === undefined) {
        throw new Error(`${name} does not expose ${substationMetrics.acceptedKilowatts}`);
      }
      const [, slot] = name.split('.');
      return { substation: `substation_${slot}`, acceptedKw, cutOff: 0 };
    }),
  );
}

/**
 * Follows the logs of all running substations, because Swarm removes a container and its log as soon as it exits.
 *
 * @returns a function that resolves to the totals of the substations that have exited by then
 */
export async function followSubstations(stack: Stack): Promise<() => Promise<SubstationTotal[]>> {
  const followed = (await stack.containers('substation')).map(({ id, name }) => {
    const log = execa('docker', ['logs', '--follow', id], {
      all: true,
      buffer: false,
      reject: false,
      stdin: 'ignore',
    });
    return { id, name, log, total: readExitTotal(log.iterable({ from: 'all' })) };
  });
  return async () => {
    const running = (await stack.containers('substation')).map(({ id }) => id);
    for (const { log } of followed.filter(({ id }) => running.includes(id))) log.kill();
    return Promise.all(
      followed
        .filter(({ id }) => !running.includes(id))
        .map(async ({ name, total }) => {
          const found = await total;
          if (found === undefined) throw new Error(`${name} exited without logging what it had accepted`);
          return found;
        }),
    );
  };
}

/** Reads the last exit message from a log. */
async function readExitTotal(lines: AsyncIterable<string>): Promise<SubstationTotal | undefined> {
  let total: SubstationTotal | undefined;
  for await (const line of lines) {
    if (!line.startsWith('{')) continue;
    const message = exitMessageSchema.safeParse(JSON.parse(line)).data;
    if (message === undefined) continue;
    const { accepted_kw: acceptedKw, sessions: cutOff, substation } = message;
    total = { substation, acceptedKw, cutOff };
  }
  return total;
}
