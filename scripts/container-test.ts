import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createChecks } from './container-test/checks.ts';
import { engineRuns } from './container-test/engine.ts';
import { runContainerTest } from './container-test/run.ts';
import { checkSecure } from './container-test/secure/secure-checks.ts';

if (!(await engineRuns())) {
  console.error('container-test: no Docker engine answers; start one first');
  process.exit(1);
}
const checks = createChecks(console.log, Date.now);
const root = fileURLToPath(new URL('..', import.meta.url));
await runContainerTest(checks, root, console.log, Date.now);
const name = `gridclock-secure-${randomBytes(4).toString('hex')}`;
await checkSecure(checks, { root, name, write: console.log });
console.log(`${checks.passed()} passed, ${checks.failed()} failed`);
process.exit(checks.failed() === 0 ? 0 : 1);
