import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createTemporaryDirectory,
  entryArguments,
  freePort,
  type LocalService,
  startLocalService,
} from '@gridclock/local-service';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const entryOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const running: LocalService[] = [];
let directory: Awaited<ReturnType<typeof createTemporaryDirectory>>;

async function start(name: string, path: string, environment: Record<string, string>): Promise<LocalService> {
  const port = await freePort();
  const service = startLocalService({ name, entryFile: entryOf(path), port, environment });
  running.push(service);
  return service;
}

let urls = { CHARGE_REQUEST_URL: '', LOAD_BALANCER_URL: '' };

beforeAll(async () => {
  directory = await createTemporaryDirectory();
  const substations = await Promise.all(
    [80, 120, 100].map((capacity, index) =>
      start(`substation_${index + 1}`, 'substation_service/main.ts', {
        SUBSTATION_ID: `substation_${index + 1}`,
        MAX_CAPACITY: `${capacity}`,
        CHARGE_PROCESSING_TIME: '5',
      }),
    ),
  );
  const balancer = await start('load_balancer', 'load_balancer/main.ts', {
    SUBSTATIONS: substations.map(({ name, url }) => `${name}=${url}`).join(','),
  });
  const entry = await start('charge_request_service', 'charge_request_service/main.ts', {
    LOAD_BALANCER_URL: balancer.url,
  });
  await Promise.all(running.map((service) => service.ready()));
  urls = { CHARGE_REQUEST_URL: entry.url, LOAD_BALANCER_URL: balancer.url };
});

afterAll(async () => {
  await Promise.all(running.map((service) => service.stop()));
  await directory.remove();
});

function loadTest(...args: string[]) {
  const command = [...entryArguments(entryOf('load_tester/test.ts')), ...args];
  return execa(process.execPath, command, { env: urls, stdin: 'ignore', reject: false });
}

describe('the load tester against the real grid', () => {
  it('overloads it in an open loop without failures, and agrees with its counters', async () => {
    const html = join(directory.path, 'report.html');
    const overload = ['--rate', '30', '--profile', 'spike', '--duration', '3', '--json', '--html', html];
    const { exitCode, stdout, stderr } = await loadTest(...overload);
    expect(stderr).toBe('');
    const report = JSON.parse(stdout);
    expect(report.summary.failed).toBe(0);
    expect(report.summary.rejected).toBeGreaterThan(0);
    expect(report.reconciliation).toMatchObject({
      difference: { accepted: 0, acceptedKw: 0 },
      unresolved: 0,
    });
    expect(report.capacities).toEqual({ substation_1: 80, substation_2: 120, substation_3: 100 });
    expect(report.shareOfBound).toBeGreaterThan(0);
    expect(exitCode).toBe(0);
    expect((await readFile(html, 'utf8')).match(/<svg /g)).toHaveLength(9);
  });

  it('exits 1 when a threshold is missed', async () => {
    const { exitCode, stdout } = await loadTest('--rate', '5', '--duration', '1', '--max-p99-ms', '0.001');
    expect(stdout).toMatch(/FAIL {2}p99 response time: \d+\.\d ms, at most 0\.001 ms/);
    expect(exitCode).toBe(1);
  });
});
