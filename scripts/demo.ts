import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { bundled, entryArguments } from '@gridclock/local-service';
import { execa } from 'execa';
import { type PlannedService, planSuite, readPortOffset } from './local-suite/plan.ts';
import { requireFreePorts } from './local-suite/ports-in-use.ts';
import { runScript } from './local-suite/run-script.ts';
import { startSuite } from './local-suite/suite.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const heading = (text: string) => print(`\n${styleText('bold', `== ${text}`)}\n`);

const root = fileURLToPath(new URL('..', import.meta.url));

/** The pages that a run writes. */
const pages = { store: join(root, 'out', 'demo-store.html'), grid: join(root, 'out', 'demo-grid.html') };

/** The programs that use the services. */
const client = join(root, 'vector-clock-kv-store/src/client.ts');
const loadTester = join(root, 'smart-grid-load-balancer/load_tester/test.ts');

/** Returns the exit code: 1 if a scenario or a request failed, 130 after Ctrl-C. */
async function demo(interrupted: AbortSignal): Promise<number> {
  const planned = planSuite(readPortOffset(process.env));
  await requireFreePorts(planned);

  print(`Starting ${planned.length} services: ${planned.map(({ name }) => name).join(', ')}`);
  const bundles = await bundled([...planned.map(({ entryFile }) => entryFile), client, loadTester]);
  try {
    return await demonstrate(planned, interrupted);
  } finally {
    await bundles.remove();
  }
}

async function demonstrate(planned: readonly PlannedService[], interrupted: AbortSignal): Promise<number> {
  const quiet = planned.map((service) => ({
    ...service,
    environment: { LOG_LEVEL: 'warn', LOG_FORMAT: 'pretty', ...service.environment },
  }));
  // Hides expected warnings: peers not up yet at the start, sessions still running at the end.
  let showLines = false;
  const suite = await startSuite(
    quiet,
    (name, line) => showLines && print(styleText('dim', `[${name}] ${line}`)),
    (name, reason) => print(styleText('red', `${name} exited unexpectedly (${reason})`)),
    interrupted,
  );
  showLines = true;
  try {
    heading('vector-clock-kv-store: every scenario, on three nodes');
    const nodes = urlsOf(planned, 'vector_clock_kv_store').join(',');
    const storePassed = await runProgram(
      client,
      ['--nodes', nodes, '--report', pages.store],
      {},
      interrupted,
    );
    heading('smart-grid-load-balancer: a rush hour of 15 s on three substations');
    const gridPassed = await runProgram(
      loadTester,
      ['--lesson', '--html', pages.grid],
      {
        CHARGE_REQUEST_URL: urlsOf(planned, 'charge_request_service').join(),
        LOAD_BALANCER_URL: urlsOf(planned, 'load_balancer').join(),
        RUSH_HOUR_DURATION: '15',
      },
      interrupted,
    );
    if (interrupted.aborted) {
      print('\nInterrupted before the end.');
      return 130;
    }
    heading('Result');
    print(resultLine('vector-clock-kv-store', storePassed, 'every scenario passed', 'a scenario failed'));
    print(resultLine('smart-grid-load-balancer', gridPassed, 'no request failed', 'requests failed'));
    print('\nPages of this run, for a browser:');
    for (const [system, file] of Object.entries(pages))
      print(`  ${system.padEnd(7)}${styleText('cyan', file)}`);
    print(`\nnpm start runs the same services and keeps them running.`);
    return storePassed && gridPassed ? 0 : 1;
  } finally {
    showLines = false;
    await suite.stop();
  }
}

function urlsOf(planned: readonly PlannedService[], job: string): string[] {
  return planned.filter((service) => service.job === job).map(({ port }) => `http://127.0.0.1:${port}`);
}

/** Runs one of the suite's programs in this terminal. Returns whether it exited with 0. */
async function runProgram(
  entryFile: string,
  commandLine: readonly string[],
  environment: Record<string, string>,
  interrupted: AbortSignal,
): Promise<boolean> {
  if (interrupted.aborted) return false;
  const { exitCode } = await execa(process.execPath, [...entryArguments(entryFile), ...commandLine], {
    cwd: root,
    env: environment,
    stdio: 'inherit',
    reject: false,
    cancelSignal: interrupted,
  });
  return exitCode === 0;
}

function resultLine(system: string, passed: boolean, success: string, failure: string): string {
  return `${passed ? styleText('green', 'PASS') : styleText('red', 'FAIL')}  ${system}: ${passed ? success : failure}`;
}

await runScript(
  {
    name: 'npm run demo',
    description:
      'Starts both systems, runs every scenario of the store and a rush hour of the grid, and writes a page for each.',
    variables: 'PORT_OFFSET shifts every port (0).',
    exitCodes: '0 everything passed, 1 something failed or was not started, 130 interrupted.',
  },
  demo,
);
