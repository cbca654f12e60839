import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failedProperties, formatJudgement, type Judgement } from '@gridclock/judge-kit';
import { createTemporaryDirectory, entryArguments } from '@gridclock/local-service';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Property } from '../../load_tester/judge/properties.ts';
import { judge } from '../../load_tester/judge/run-judge.ts';
import { contractDialect } from '../../load_tester/judge/system/dialect.ts';
import { GridBench } from '../../load_tester/judge/system/grid-bench.ts';

const programs = fileURLToPath(new URL('../support/judged-grid', import.meta.url));
const program = (file: string, fault = '') => `node ${join(programs, file)} ${fault}`.trim();
const right = { balancer: program('balancer.mjs'), substation: program('substation.mjs') };

/** In milliseconds: on a quiet machine, all together take less than a minute, most of which they wait. */
const TIMEOUT_MS = 300_000;

const options = { count: 3, profile: 'full' } as const;

/** Each fault of the programs in judged-grid, with the properties in which it is wrong. */
const balancerFaults: [fault: string, wrong: Property[]][] = [
  ['herd', ['herd']],
  ['503-as-500', ['capacity 503']],
  ['gives-up', ['capacity 503']],
  ['gives-up-later', ['capacity 503']],
  ['nan-favourite', ['unusable metrics']],
  ['dead-favourite', ['dead favourite']],
  ['never-returns', ['dead favourite']],
  ['drops-priority', ['accounting']],
  ['double-charge', ['double charge']],
  ['forgets-requests', ['double charge']],
];

const substationFaults: [fault: string, wrong: Property[]][] = [
  ['keeps-load', ['charging', 'metrics']],
  ['too-short', ['charging']],
  ['whole-kw', ['metrics']],
  ['own-capacity', ['metrics', 'overfill']],
  ['overfill', ['overfill', 'double charge']],
  ['503-as-500', ['capacity 503']],
  ['double-charge', ['double charge']],
  ['forgets', ['double charge']],
  ['stale-metrics', ['metrics']],
  ['same-id', ['charging', 'metrics']],
  ['takes-anything', ['bad input']],
];

const entryFaults: [fault: string, wrong: Property[]][] = [
  ['503-as-500', ['capacity 503']],
  ['double-charge', ['double charge']],
  ['drops-id', ['double charge']],
  ['whole-kw', ['accounting']],
];

const hasPython = spawnSync('python3', ['--version']).status === 0;

let directory: Awaited<ReturnType<typeof createTemporaryDirectory>>;
beforeAll(async () => {
  directory = await createTemporaryDirectory();
});
afterAll(() => directory.remove());

/** The command that starts one of our own services. */
function ownService(path: string): string {
  const entry = fileURLToPath(new URL(`../../${path}/main.ts`, import.meta.url));
  return [process.execPath, ...entryArguments(entry)].join(' ');
}

/** Runs the command as a child process. */
function runJudge(args: readonly string[]) {
  const entry = fileURLToPath(new URL('../../load_tester/test.ts', import.meta.url));
  return execa(process.execPath, [...entryArguments(entry), 'judge', ...args], {
    env: { NO_COLOR: '1', FORCE_COLOR: '0' },
    stdin: 'ignore',
    reject: false,
  });
}

/** What a wrong judgement was founded on, for the message of a failing test. */
const describeRuns = (judgement: Judgement) => formatJudgement(judgement, () => []).join('\n');

describe.concurrent('test.ts judge', { timeout: TIMEOUT_MS }, () => {
  it.for(balancerFaults)('convicts the balancer %s', async ([fault, wrong]) => {
    const judgement = await judge({ ...options, balancer: program('balancer.mjs', fault) });
    expect(failedProperties(judgement).sort(), describeRuns(judgement)).toEqual(wrong.sort());
  });

  it.for(substationFaults)('convicts the substation %s', async ([fault, wrong]) => {
    const judgement = await judge({ ...options, substation: program('substation.mjs', fault) });
    expect(failedProperties(judgement).sort(), describeRuns(judgement)).toEqual(wrong.sort());
  });

  it('acquits right programs, in its reports too', async () => {
    const [junit, report] = [join(directory.path, 'junit.xml'), join(directory.path, 'report.html')];
    const { balancer, substation } = right;
    const args = ['--balancer', balancer, '--substation', substation, '--entry', program('entry.mjs')];
    const { stdout, exitCode } = await runJudge([...args, '--junit', junit, '--report', report]);
    expect(stdout).toContain('RIGHT  11 passed, 0 failed, 0 not judged');
    expect(exitCode).toBe(0);
    expect(await readFile(junit, 'utf8')).toContain('failures="0" errors="0" skipped="0"');
    expect(await readFile(report, 'utf8')).toContain('Right');
  });

  it.for(entryFaults)('convicts the entry %s', async ([fault, wrong]) => {
    const judgement = await judge({ ...options, entry: program('entry.mjs', fault) });
    expect(failedProperties(judgement), describeRuns(judgement)).toEqual(wrong);
  });

  it('acquits our own services', async () => {
    const judgement = await judge({
      ...options,
      balancer: ownService('load_balancer'),
      substation: ownService('substation_service'),
      entry: ownService('charge_request_service'),
    });
    expect(judgement.properties.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  });

  it('acquits a right substation that serves one after another, each slowly', async () => {
    const substation = program('substation.mjs', 'slow');
    const judgement = await judge({ ...options, substation, only: ['charging', 'overfill'] });
    expect(failedProperties(judgement), describeRuns(judgement)).toEqual([]);
  });

  it.runIf(hasPython)('acquits a right substation in Python', async () => {
    const judgement = await judge({ ...options, substation: `python3 ${join(programs, 'substation.py')}` });
    expect(failedProperties(judgement), describeRuns(judgement)).toEqual([]);
  });

  it('judges with --profile coursework what the course asks for', async () => {
    const { stdout, exitCode } = await runJudge([
      ...['--balancer', program('balancer.mjs', 'herd'), '--profile', 'coursework', '--json'],
    ]);
    expect(exitCode).toBe(0);
    const { properties } = JSON.parse(stdout);
    const names = properties.map(({ property }: { property: string }) => property);
    expect(names).toEqual(['charging', 'metrics', 'routing', 'accounting']);
  });

  it('judges the properties that --only names, whatever the profile', async () => {
    const args = ['--balancer', program('balancer.mjs', 'herd'), '--profile', 'coursework', '--only', 'herd'];
    const { stdout, exitCode } = await runJudge(args);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('WRONG  0 passed, 1 failed, 0 not judged');
    expect(stdout).toContain('(profile only herd)');
  });

  it('recognises a balancer in another dialect, and names it', async () => {
    const balancer = program('balancer.mjs', 'dialect');
    const judgement = await judge({ ...options, ...right, balancer });
    expect(failedProperties(judgement), describeRuns(judgement)).toEqual([]);
    expect(judgement.dialect).toEqual([
      'substations are listed in SUBSTATION_HOSTS',
      'charges are routed at /assign_substation',
    ]);
  });

  it.for([
    ['', [], ['metrics', 'herd', 'capacity 503', 'double charge', 'bad input']],
    ['herd', ['herd'], ['metrics', 'capacity 503', 'double charge', 'bad input']],
  ] as const)('judges a running grid with the fault "%s"', async ([fault, wrong, passed]) => {
    const balancer = program('balancer.mjs', fault);
    const grid = await GridBench.start({ ...right, balancer, count: 3, dialect: contractDialect });
    try {
      const substationUrls = grid.substations.map(({ client }) => client.url);
      const judgement = await judge({ ...options, balancerUrl: grid.client.url, substationUrls });
      const withOutcome = (wanted: string) =>
        judgement.properties.filter(({ outcome }) => outcome === wanted).map(({ property }) => property);
      expect(withOutcome('failed'), describeRuns(judgement)).toEqual(wrong);
      expect(withOutcome('passed')).toEqual(passed);
    } finally {
      await grid.stop();
    }
  });

  it('exits with 2 for what does not start or answer, and for an invalid command line', async () => {
    const [junit, report] = [join(directory.path, 'unjudged.xml'), join(directory.path, 'unjudged.html')];
    const substation = 'echo MAX_CAPACITY is missing; exit 3';
    const reports = ['--json', '--junit', junit, '--report', report];
    const failing = await runJudge(['--substation', substation, ...reports]);
    expect(JSON.parse(failing.stdout)).toMatchObject({ subject: substation, right: false });
    expect(await readFile(junit, 'utf8')).toContain('errors="1"');
    expect(await readFile(report, 'utf8')).toMatch(/Not judged.*MAX_CAPACITY is missing/s);
    expect(failing.stderr).toContain('MAX_CAPACITY is missing');
    expect(failing.exitCode).toBe(2);
    const misused = await runJudge(['--count', '0', '--substation', right.substation]);
    expect(misused.exitCode).toBe(2);
    const absent = await runJudge(['--balancer-url', 'http://127.0.0.1:1']);
    expect(absent.stderr).toContain('nothing answers at http://127.0.0.1:1');
    expect(absent.exitCode).toBe(2);
    const idle = await runJudge(['--substation', 'sleep 60', '--start-seconds', '1']);
    expect(idle.stderr).toMatch(/nothing listens on PORT=\d+ at 127.0.0.1 after 1 s/);
  });

  it.for(['SIGINT', 'SIGKILL'] as const)('leaves nothing at a %s', async (signal, { expect }) => {
    const file = join(directory.path, signal);
    await writeFile(file, '');
    // A program in another process group, as a launcher may start it.
    const detached = process.platform === 'linux' ? `setsid ${right.substation} & wait` : right.substation;
    const substation = `echo $PORT $DATA_DIR >> ${file}; ${detached}`;
    const running = runJudge(['--substation', substation, '--only', 'double charge']);
    const started = async () =>
      (await readFile(file, 'utf8'))
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(' ') as [string, string?]);
    const dataDirectories = async () => (await started()).flatMap(([, path]) => path ?? []);
    await expect.poll(dataDirectories, { timeout: 60_000 }).not.toEqual([]);
    running.kill(signal);
    expect((await running).exitCode).toBe(signal === 'SIGINT' ? 130 : undefined);
    for (const [port] of await started())
      await expect.poll(() => isServed(port), { timeout: 10_000 }).toBe(false);
    for (const path of await dataDirectories())
      await expect.poll(() => existsSync(path), { timeout: 10_000 }).toBe(false);
  });
});

function isServed(port: string): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health`).then(
    () => true,
    () => false,
  );
}
