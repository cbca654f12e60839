import { fileURLToPath } from 'node:url';
import { createChecks } from './container-test/checks.ts';
import { engineRuns } from './container-test/engine.ts';
import { runContainerTest } from './container-test/run.ts';

if (!(await engineRuns())) {
  console.error('container-test: no Docker engine answers; start one first');
  process.exit(1);
}
const checks = createChecks(console.log, Date.now);
await runContainerTest(checks, fileURLToPath(new URL('..', import.meta.url)), console.log, Date.now);
console.log(`${checks.passed()} passed, ${checks.failed()} failed`);
process.exit(checks.failed() === 0 ? 0 : 1);
