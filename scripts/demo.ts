import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { execa } from 'execa';
import { interruption } from './local-suite/interruption.ts';
import { type PlannedService, planSuite } from './local-suite/plan.ts';
import { readPortOffset } from './local-suite/port-offset.ts';
import { reportFailure } from './local-suite/report-failure.ts';
import { demandFreePorts, startSuite } from './local-suite/suite.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const heading = (text: string) => print(`\n${styleText('bold', `== ${text}`)}\n`);

/** @returns the exit code: 1 when a scenario or a request failed, 130 after Ctrl-C */
async function demo(): Promise<number> {
  const planned = planSuite(readPortOffset(process.env));
  await demandFreePorts(planned);
  const interrupted = interruption();

  print(`Starting ${planned.length} services: ${planned.map(({ name }) => name).join(', ')}`);
  const quiet = planned.map((service) => ({
    ...service,
    environment: { LOG_LEVEL: 'warn', LOG_FORMAT: 'pretty', ...service.environment },
  }));
  let showing = false;
  const suite = await startSuite(
    quiet,
    // That others are not there yet at the start, or sessions still run at the end, is no news here.
    (name, line) => showing && print(styleText('dim', `[${name}] ${line}`)),
    (name, how) => print(styleText('red', `${name} ended by itself (${how})`)),
    interrupted,
  );
  showing = true;
  try {
    heading('vector-clock-kv-store: every promise, on three nodes');
    const nodes = urls(planned, 'vector_clock_kv_store').join(',');
    const store = await run('vector-clock-kv-store/src/client.ts', ['--nodes', nodes], {}, interrupted);
    heading('smart-grid-load-balancer: fifteen seconds of rush hour on three substations');
    const grid = await run(
      'smart-grid-load-balancer/load_tester/test.ts',
      [],
      {
        CHARGE_REQUEST_URL: urls(planned, 'charge_request_service').join(),
        LOAD_BALANCER_URL: urls(planned, 'load_balancer').join(),
        RUSH_HOUR_DURATION: '15',
      },
      interrupted,
    );
    if (interrupted.aborted) {
      print('\nInterrupted before the end.');
      return 130;
    }
    heading('Result');
    print(verdict('vector-clock-kv-store', store, 'every scenario passed', 'a scenario failed'));
    print(verdict('smart-grid-load-balancer', grid, 'no request failed', 'requests failed'));
    print(`\nnpm start runs the same services and keeps them running.`);
    return store && grid ? 0 : 1;
  } finally {
    showing = false;
    await suite.stop();
  }
}

function urls(planned: readonly PlannedService[], job: string): string[] {
  return planned.filter((service) => service.job === job).map(({ port }) => `http://127.0.0.1:${port}`);
}

/** Runs one of the suite's programs on this terminal; whether it exited with 0. */
async function run(
  entry: string,
  words: readonly string[],
  environment: Record<string, string>,
  interrupted: AbortSignal,
): Promise<boolean> {
  if (interrupted.aborted) return false;
  const { exitCode } = await execa(process.execPath, ['--import', 'tsx', entry, ...words], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: environment,
    stdio: 'inherit',
    reject: false,
    cancelSignal: interrupted,
  });
  return exitCode === 0;
}

function verdict(system: string, passed: boolean, good: string, bad: string): string {
  return `${passed ? styleText('green', 'PASS') : styleText('red', 'FAIL')}  ${system}: ${passed ? good : bad}`;
}

await demo().then((code) => {
  process.exitCode = code;
}, reportFailure);
