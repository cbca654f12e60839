import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import { wholeNumber } from '@gridclock/command-line';
import { Argument, program } from 'commander';
import { dockerProblem } from './docker/required-versions.ts';
import { checkKubernetes } from './kubernetes/kubernetes-checks.ts';
import type { Part } from './part.ts';
import { createChecks } from './report/checks.ts';
import { checkSecureSuites } from './secure/secure-checks.ts';
import { checkSuites } from './suites/suites-checks.ts';
import { checkSwarm } from './swarm/swarm-checks.ts';

const parts: Readonly<Record<string, Part>> = {
  suites: checkSuites,
  secure: checkSecureSuites,
  swarm: checkSwarm,
  kubernetes: checkKubernetes,
};

const command = program
  .description('Builds both suites, tests them in containers under faults, and removes them.')
  .addArgument(new Argument('[parts...]', 'the parts to run (default: all)').choices(Object.keys(parts)))
  .option('--seed <n>', 'the seed of the fault schedule (default: random)', wholeNumber(0, 2 ** 32 - 1))
  .addHelpText(
    'after',
    '\nExit codes: 0 every check passed, 1 one failed, or the test could not run or was interrupted.',
  )
  .parse();
const { seed = Math.floor(Math.random() * 2 ** 32) } = command.opts<{ seed?: number }>();
const chosen = new Set(command.args);
const problem = await dockerProblem();
if (problem !== undefined) {
  console.error(`container-test: ${problem}`);
  process.exit(1);
}
const interruption = new AbortController();
// Every running Docker command adds a listener.
setMaxListeners(0, interruption.signal);
// On Ctrl-C, the signal arrives from the terminal and again through npx and tsx.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => interruption.abort());
const print = (line: string) => console.log(line);
const checks = createChecks({ print, now: Date.now, interrupted: interruption.signal });
const options = {
  root: fileURLToPath(new URL('../..', import.meta.url)),
  name: `gridclock-test-${randomBytes(4).toString('hex')}`,
  seed,
  print,
  now: Date.now,
};
for (const [name, part] of Object.entries(parts)) {
  const wanted = chosen.size === 0 || chosen.has(name);
  if (wanted && !interruption.signal.aborted) await part(checks, options);
}
console.log(`${checks.passed()} passed, ${checks.failed()} failed`);
process.exit(checks.failed() === 0 && !interruption.signal.aborted ? 0 : 1);
