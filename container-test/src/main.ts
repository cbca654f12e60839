import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import { wholeNumber } from '@gridclock/command-line';
import { Argument, program } from 'commander';
import { engineRuns } from './docker/engine.ts';
import type { Part } from './part.ts';
import { createChecks } from './report/checks.ts';
import { checkSecure } from './secure/secure-checks.ts';
import { checkSuites } from './suites/suites-checks.ts';
import { checkSwarm } from './swarm/swarm-checks.ts';

const parts: Readonly<Record<string, Part>> = {
  suites: checkSuites,
  secure: checkSecure,
  swarm: checkSwarm,
};

const command = program
  .description('builds both suites, runs them in containers, strikes them, and removes them')
  .addArgument(new Argument('[parts...]', 'all unless named').choices(Object.keys(parts)))
  .option('--seed <n>', 'decides what strikes when; a fresh one unless given', wholeNumber(0, 2 ** 32 - 1))
  .parse();
const { seed = Math.floor(Math.random() * 2 ** 32) } = command.opts<{ seed?: number }>();
const named = new Set(command.args);
if (!(await engineRuns())) {
  console.error('container-test: no Docker engine answers; start one first');
  process.exit(1);
}
const interruption = new AbortController();
// Every command of the engine listens while it runs.
setMaxListeners(0, interruption.signal);
// Ctrl-C comes from the terminal, and again from npx and tsx, which pass it on.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => interruption.abort());
const checks = createChecks({ write: console.log, now: Date.now, interrupted: interruption.signal });
const options = {
  root: fileURLToPath(new URL('../..', import.meta.url)),
  name: `gridclock-test-${randomBytes(4).toString('hex')}`,
  seed,
  write: (line: string) => console.log(line),
  now: Date.now,
};
for (const [name, part] of Object.entries(parts)) {
  const wanted = named.size === 0 || named.has(name);
  if (wanted && !interruption.signal.aborted) await part(checks, options);
}
console.log(`${checks.passed()} passed, ${checks.failed()} failed`);
process.exit(checks.failed() === 0 && !interruption.signal.aborted ? 0 : 1);
