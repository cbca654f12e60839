import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { findInexactness } from '../../src/verification/space-time/exactness.ts';
import { localCluster } from '../support/local-cluster.ts';
import { runClient } from '../support/run-client.ts';
import { readShivizLog } from '../support/shiviz-log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

describe('client.ts --report --shiviz', () => {
  let cluster: NodeProcesses;

  beforeAll(async () => {
    cluster = await localCluster({ environment: { CLUSTER_TOKEN: 'secret', TRACE: '1' } });
    await cluster.start('node1', 'node2', 'node3');
  });

  afterAll(() => cluster.stop());

  it('shows the wait of an early write in a page and in an exact log', async () => {
    const [report, shiviz] = [join(directory.path, 'out.html'), join(directory.path, 'out.log')];
    const cluster3 = ['--nodes', cluster.urls.join(','), '--token', 'secret'];
    const { all, exitCode } = await runClient([
      ...['original', 'out-of-order', ...cluster3, '--report', report, '--shiviz', shiviz],
    ]);
    expect(all).toContain('2 passed, 0 failed');
    expect(exitCode).toBe(0);

    const log = readShivizLog(await readFile(shiviz, 'utf8'));
    expect(findInexactness(log)).toBeUndefined();
    expect(new Set(log.map(({ host }) => host))).toEqual(new Set(['node1', 'node2', 'node3']));
    const descriptions = log.filter(({ host }) => host === 'node3').map(({ event }) => event);
    const buffered = descriptions.findIndex((event) => /^buffer \S+:answer=/.test(event));
    const cause = descriptions.findIndex((event) => /^deliver \S+:question=/.test(event));
    const effect = descriptions.findIndex((event) => /^deliver \S+:answer=/.test(event));
    expect(buffered).toBeGreaterThanOrEqual(0);
    expect(cause).toBeGreaterThan(buffered);
    expect(effect).toBeGreaterThan(cause);

    const page = await readFile(report, 'utf8');
    expect(page).toContain('2 of 2 passed');
    const diagram = page.slice(page.indexOf('<h2>out-of-order</h2>'));
    expect(diagram).toContain('<rect class="wait"');
    expect(diagram).toMatch(/<span class="waited"> <span class="verb">waited <\/span>[\d.]+ m?s<\/span>/);
    expect(diagram).toContain('class="message buffered"');
    expect(diagram).toContain('class="fault-span"');
    expect(diagram).toMatch(/<dt>seen<\/dt><dd>the answer's clock .* needs write \d+ of node1/);
    expect(diagram).toContain('<dt>means</dt><dd>messages may overtake each other');
  });

  it('reports a missing cluster token', async () => {
    const { all, exitCode } = await runClient([
      ...['original', '--nodes', cluster.urls.join(','), '--shiviz', join(directory.path, 'never.log')],
    ]);
    expect(all).toContain('requires the cluster token for its trace; pass --token');
    expect(exitCode).toBe(1);
  });
});

describe('client.ts --report against nodes without a trace', () => {
  let cluster: NodeProcesses;

  beforeAll(async () => {
    cluster = await localCluster();
    await cluster.start('node1', 'node2', 'node3');
  });

  afterAll(() => cluster.stop());

  it('says how to start the nodes', async () => {
    const { all, exitCode } = await runClient([
      ...['original', '--nodes', cluster.urls.join(','), '--report', join(directory.path, 'never.html')],
    ]);
    expect(all).toContain('has no trace; start it with TRACE=1');
    expect(exitCode).toBe(1);
  });
});
