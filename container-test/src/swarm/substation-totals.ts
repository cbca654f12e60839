import { readMetric, substationMetrics } from '@gridclock/grid-protocol';
import { execa } from 'execa';
import { z } from 'zod';
import type { Stack } from './stack.ts';

/** What a substation has taken on since it started, and what it ended without finishing. */
export type SubstationTotal = { substation: string; acceptedKw: number; cutOff: number };

const lastWords = z
  .object({ msg: z.enum(['drained', 'stopped with sessions running']) })
  .extend({ substation: z.string(), accepted_kw: z.number(), sessions: z.number().default(0) });

const readMetrics = "fetch('http://127.0.0.1:8001/metrics').then((r) => r.text()).then(console.log)";

/** What every running substation has accepted until now. */
export async function totalsOfRunning(stack: Stack): Promise<SubstationTotal[]> {
  const containers = await stack.containers('substation');
  return Promise.all(
    containers.map(async ({ id, name }) => {
      const text = await stack.docker('exec', id, 'node', '-e', readMetrics);
      const acceptedKw = readMetric(text, substationMetrics.acceptedKilowatts);
      if (acceptedKw === undefined) throw new Error(`${name} does not say what it has accepted`);
      const [, slot] = name.split('.');
      return { substation: `substation_${slot}`, acceptedKw, cutOff: 0 };
    }),
  );
}

/**
 * Listens to every substation that runs now; Swarm removes a container, and its log, as soon as it has ended.
 *
 * @returns resolves to the last words of those that have ended when it is called
 */
export async function followSubstations(stack: Stack): Promise<() => Promise<SubstationTotal[]>> {
  const followed = (await stack.containers('substation')).map(({ id, name }) => {
    const log = execa('docker', ['logs', '--follow', id], { all: true, reject: false, stdin: 'ignore' });
    return { id, name, log };
  });
  return async () => {
    const running = (await stack.containers('substation')).map(({ id }) => id);
    for (const { log } of followed.filter(({ id }) => running.includes(id))) log.kill();
    const ended = followed.filter(({ id }) => !running.includes(id));
    return Promise.all(ended.map(async ({ name, log }) => readLastWords(name, (await log).all)));
  };
}

function readLastWords(name: string, log: string): SubstationTotal {
  for (const line of log.split('\n').reverse()) {
    if (!line.startsWith('{')) continue;
    const words = lastWords.safeParse(JSON.parse(line)).data;
    if (words === undefined) continue;
    return { substation: words.substation, acceptedKw: words.accepted_kw, cutOff: words.sessions };
  }
  throw new Error(`${name} ended without a word on what it had accepted`);
}
