import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTemporaryDirectory, entryArguments, freePort } from '@gridclock/local-service';
import { execa } from 'execa';
import { afterEach, describe, expect, it } from 'vitest';
import {
  accepts,
  type Behaviour,
  hangs,
  refuses,
  type StubGrid,
  startStubGrid,
} from '../support/stub-grid.ts';

const entry = fileURLToPath(new URL('../../load_tester/test.ts', import.meta.url));

let stub: StubGrid | undefined;
afterEach(async () => {
  await stub?.close();
  stub = undefined;
});

async function gridThat(behaviour: Behaviour): Promise<Record<string, string>> {
  stub = await startStubGrid(behaviour);
  return { CHARGE_REQUEST_URL: stub.url, LOAD_BALANCER_URL: stub.url };
}

/** Runs the command as a child process whose output is piped. */
function loadTest(args: string[], environment: Record<string, string>) {
  return execa(process.execPath, [...entryArguments(entry), ...args], {
    env: environment,
    stdin: 'ignore',
    reject: false,
    timeout: 50_000,
  });
}

describe('test.ts simple', () => {
  it('prints five requests, the loads and the report, and exits 0', async () => {
    const { exitCode, stdout } = await loadTest(['simple'], await gridThat(accepts));
    expect(stdout.match(/ EV_\d{4} .* accepted /g)).toHaveLength(5);
    expect(stdout).toContain('Substation loads: substation_1 20.0 kW  substation_2 30.5 kW');
    expect(stdout).toMatch(/Total requests +5\nSuccessful +5 +100.0 %\n/);
    expect(exitCode).toBe(0);
  });

  it('exits 0 when every request is rejected: a full grid is not a failure', async () => {
    const { exitCode, stdout } = await loadTest(['simple'], await gridThat(refuses));
    expect(stdout).toMatch(/Rejected \(grid full\) +5 +100.0 %/);
    expect(exitCode).toBe(0);
  });

  it.each([
    [422, 'charge_amount: is larger than every substation', /Rejected \(too large\) +5 +100.0 %/, 0],
    [503, 'Capacity unknown', /Failed +5 +100.0 %\n {2}capacity unknown +5 +100.0 %/, 1],
    [410, 'Session interrupted', /Failed +5 +100.0 %\n {2}session interrupted +5 +100.0 %/, 1],
  ])('has a line for %d %s', async (status, error, line, expected) => {
    const behaviour: Behaviour = (response) => void response.status(status).json({ error });
    const { exitCode, stdout } = await loadTest(['simple'], await gridThat(behaviour));
    expect(stdout).toMatch(line);
    expect(stdout).toMatch(/Rejected \(grid full\) +0 +0.0 %/);
    expect(exitCode).toBe(expected);
  });

  it('exits 1 when a request failed', async () => {
    const failing: Behaviour = (response, index, kw) =>
      index === 2 ? response.status(500).end() : accepts(response, index, kw);
    const { exitCode, stdout } = await loadTest(['simple'], await gridThat(failing));
    expect(stdout).toMatch(/Failed +1 +20.0 %/);
    expect(stdout).toContain('1 x HTTP 500');
    expect(exitCode).toBe(1);
  });
});

describe('test.ts', () => {
  it('runs a rush hour of RUSH_HOUR_DURATION seconds, in plain lines when piped', async () => {
    const environment = { ...(await gridThat(accepts)), RUSH_HOUR_DURATION: '1', CONCURRENT_THREADS: '3' };
    const { exitCode, stdout } = await loadTest([], environment);
    expect(stdout).toMatch(/^Rush hour at http:.*: 3 workers for 1 s, seed 1\n/);
    expect(stdout).toMatch(/Requests per second +\d/);
    expect(stdout).not.toContain('\u001b');
    expect(exitCode).toBe(0);
  });

  it('stops after TOTAL_REQUESTS', async () => {
    const environment = { ...(await gridThat(accepts)), TOTAL_REQUESTS: '4' };
    const { stdout } = await loadTest([], environment);
    expect(stdout).toMatch(/Total requests +4\n/);
    expect(stub?.received()).toBe(4);
  });

  it.skipIf(process.platform === 'win32')('still prints the report on Ctrl-C', async () => {
    const environment = await gridThat((response, index, kw) =>
      index < 3 ? accepts(response, index, kw) : hangs(response, index, kw),
    );
    const directory = await createTemporaryDirectory();
    const report = join(directory.path, 'report.html');
    const running = loadTest(['--html', report], environment);
    let printed = '';
    running.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    await expect.poll(() => printed.match(/ accepted /g), { timeout: 50_000 }).toHaveLength(3);
    running.kill('SIGINT');
    const { exitCode, stdout } = await running;
    expect(stdout).toMatch(/Total requests +3\nSuccessful +3 +100.0 %\n/);
    expect(stdout).toContain('Abandoned (interrupted)');
    expect(stdout).toContain('stopped before the end');
    expect(await readFile(report, 'utf8')).toContain('The run was interrupted');
    await directory.remove();
    expect(exitCode).toBe(130);
  });

  it('exits 1 with one line before the run when it cannot write the HTML report', async () => {
    const nowhere = fileURLToPath(new URL('no-such-folder/report.html', import.meta.url));
    const { exitCode, stdout, stderr } = await loadTest(
      ['simple', '--html', nowhere],
      await gridThat(accepts),
    );
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^load_tester: cannot write the HTML report: ENOENT.*$/);
    expect(exitCode).toBe(1);
  });

  it('exits 1 with one line when nothing responds', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { exitCode, stdout, stderr } = await loadTest([], { CHARGE_REQUEST_URL: url });
    expect(stderr).toBe(
      `load_tester: cannot reach ${url}: connection refused. Start the grid or set CHARGE_REQUEST_URL.`,
    );
    expect(stdout).toBe('');
    expect(exitCode).toBe(1);
  });

  it.each([
    ['RUSH_HOUR_DURATION', 'soon', 'must be a number'],
    ['TOTAL_REQUESTS', '0', 'must be at least 1'],
    ['CONCURRENT_THREADS', '2.5', 'must be a whole number'],
    ['CHARGE_REQUEST_URL', 'localhost:8000', 'must be an http:// or https:// URL'],
  ])('exits 1 with one line that names %s when it is "%s"', async (name, value, reason) => {
    const { exitCode, stderr } = await loadTest([], { [name]: value });
    expect(stderr).toBe(`load_tester: ${name} ${reason} (it is "${value}")`);
    expect(exitCode).toBe(1);
  });

  it.each([
    ['--rate', '0', 'It must be above 0 and at most 5000.'],
    ['--duration', 'long', 'It must be a non-negative number.'],
    ['--profile', 'flat', 'Allowed choices are rush, spike, sustained, ramp.'],
    ['--min-accepted', '90', 'It must be between 0 and 1.'],
    ['--seed', '1.5', 'It must be a whole number from 0 to 4294967295.'],
    ['--substations', 'localhost:8001', 'It must have the form substation_1=http://localhost:8001,…'],
  ])('rejects %s %s', async (option, value, reason) => {
    const { exitCode, stderr } = await loadTest([option, value], {});
    expect(stderr).toContain(reason);
    expect(exitCode).toBe(1);
  });

  it('rejects a plan with more requests than fit in memory', async () => {
    const { exitCode, stderr } = await loadTest(['--rate', '5000', '--duration', '86400'], {});
    expect(stderr).toBe(
      'load_tester: the rate times the duration is 432000000 requests; at most 1000000 are possible. Lower --rate or --duration.',
    );
    expect(exitCode).toBe(1);
  });

  it.each([
    ['--rate', '5'],
    ['--profile', 'rush'],
    ['--duration', '10'],
  ])('refuses simple with %s %s before it sends anything', async (option, value) => {
    const { exitCode, stdout, stderr } = await loadTest(['simple', option, value], await gridThat(accepts));
    expect(stderr).toBe(
      'load_tester: simple sends five requests: --rate, --profile and --duration do not apply to it.',
    );
    expect(stdout).toBe('');
    expect(stub?.received()).toBe(0);
    expect(exitCode).toBe(1);
  });

  it('rejects an unknown mode', async () => {
    const { exitCode, stderr } = await loadTest(['complex'], {});
    expect(stderr).toContain("'complex' is invalid for argument 'mode'. Allowed choices are rush, simple.");
    expect(exitCode).toBe(1);
  });
});
