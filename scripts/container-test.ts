import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { program } from 'commander';
import { wholeBetween } from '../vector-clock-kv-store/src/soak/soak-command.ts';
import { createChecks } from './container-test/checks.ts';
import { engineRuns } from './container-test/engine.ts';
import { runContainerTest } from './container-test/run.ts';
import { checkSecure } from './container-test/secure/secure-checks.ts';
import { checkSwarm } from './container-test/swarm/swarm-checks.ts';

const { seed = Math.floor(Math.random() * 2 ** 32) } = program
  .description('builds both suites, runs them in containers, strikes them, and removes them')
  .option('--seed <n>', 'decides what strikes when; a fresh one unless given', wholeBetween(0, 2 ** 32 - 1))
  .parse()
  .opts<{ seed?: number }>();
if (!(await engineRuns())) {
  console.error('container-test: no Docker engine answers; start one first');
  process.exit(1);
}
const checks = createChecks(console.log, Date.now);
const root = fileURLToPath(new URL('..', import.meta.url));
await runContainerTest(checks, root, console.log, Date.now, seed);
const name = `gridclock-secure-${randomBytes(4).toString('hex')}`;
await checkSecure(checks, { root, name, write: console.log });
const swarmName = `gridclock-swarm-${randomBytes(4).toString('hex')}`;
await checkSwarm(checks, { root, name: swarmName, seed, write: console.log });
console.log(`${checks.passed()} passed, ${checks.failed()} failed`);
process.exit(checks.failed() === 0 ? 0 : 1);
