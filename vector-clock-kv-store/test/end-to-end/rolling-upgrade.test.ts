import { createTemporaryDirectory } from '@gridclock/local-service';
import { VERSION } from '@gridclock/service-kit';
import { SeededRandom } from '@gridclock/simulation-kit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { CausalClient } from '../../src/causal-client.ts';
import { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { nodeEntry } from '../../src/verification/soak/start-node.ts';
import { ClientWorkload } from '../../src/verification/workload/client-workload.ts';
import { NodeApi } from '../../src/verification/workload/node-api.ts';
import { freshKeys, runWorkload } from '../../src/verification/workload/workload-run.ts';
import { bundleNodeOf, previousRelease } from '../support/previous-release.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const TOKEN = 'only-among-nodes';
const names = ['node1', 'node2', 'node3'];
const data = temporaryDirectory();

const heartbeatSchema = z.looseObject({
  clock_id: z.string(),
  pruned: z.record(z.string(), z.number()),
  wire: z.unknown().optional(),
});

let bundle: Awaited<ReturnType<typeof createTemporaryDirectory>>;
/** The entry file of the previous release. */
let previousEntry = '';
let upgraded: Set<string>;
let lines: string[];
let cluster: NodeProcesses;

const heartbeat = async (name: string) =>
  heartbeatSchema.parse(await (await fetch(`${cluster.url(name)}/`)).json());

/** Stops a node cleanly and starts it as the other release on the same data. */
async function change(name: string, release: 'this' | 'previous'): Promise<void> {
  await cluster.stop(name);
  if (release === 'this') upgraded.add(name);
  else upgraded.delete(name);
  await cluster.start(name);
}

const title =
  previousRelease === undefined
    ? 'an upgrade from the previous release, which this clone lacks'
    : 'an upgrade from the previous release';

describe.skipIf(previousRelease === undefined)(title, { timeout: 150_000 }, () => {
  beforeAll(async () => {
    bundle = await createTemporaryDirectory();
    previousEntry = await bundleNodeOf(previousRelease ?? '', bundle.path);
  });

  afterAll(() => bundle.remove());

  beforeEach(async () => {
    upgraded = new Set();
    lines = [];
    cluster = await NodeProcesses.plan({
      count: names.length,
      dataRoot: data.path,
      entryFile: (name) => (upgraded.has(name) ? nodeEntry : previousEntry),
      environment: { CLUSTER_TOKEN: TOKEN, LOG_RETENTION: '0', PEER_WAIT_MS: '30000' },
      onLine: (name, line) => lines.push(`${name}: ${line}`),
    });
    await cluster.start(...names);
  });

  afterEach(() => cluster.stop());

  it('of one node after another, and back, loses nothing and serves throughout', async () => {
    const open = new Set(names);
    const workload = new ClientWorkload(
      (node) => cluster.url(node),
      () => [...open],
      freshKeys('upgrade:'),
    );
    const operate = (count: number) => {
      const until = workload.operations + count;
      return vi.waitUntil(() => workload.operations >= until, 45_000);
    };
    const changeUnderLoad = async (name: string, release: 'this' | 'previous') => {
      open.delete(name);
      await vi.waitUntil(() => workload.pendingAt(name) === 0, 10_000);
      await Promise.all([change(name, release), operate(50)]);
      open.add(name);
      await operate(100);
    };
    const report = await runWorkload({
      nodes: cluster.urlsByName,
      api: new NodeApi({ token: TOKEN }),
      workload,
      sessions: 6,
      random: new SeededRandom(1),
      disturbance: async () => {
        await operate(100);
        await changeUnderLoad('node1', 'this');
        await changeUnderLoad('node2', 'this');
        await changeUnderLoad('node2', 'previous');
        await changeUnderLoad('node3', 'this');
        await changeUnderLoad('node2', 'this');
      },
      heal: async () => {},
      print: () => {},
    });
    expect(report.findings).toEqual([]);
    expect(cluster.problems).toEqual([]);
    expect(report.check.acknowledged).toBeGreaterThan(200);
    expect(report.failures).toBeLessThan(report.operations / 100);
    for (const name of names)
      expect(await heartbeat(name)).toMatchObject({
        clock_id: name,
        version: VERSION,
        wire: { reads: [1, 2], writes: 2 },
      });
  });

  it('exchanges snapshots in both directions', async () => {
    const client = new CausalClient({ nodes: [cluster.url('node1')] });
    for (let n = 0; n < 60; n++) await client.put(`k${n % 20}`, n, { acks: 3 });
    await expect.poll(async () => (await heartbeat('node1')).pruned.node1).toBe(60);
    const expected = Array.from({ length: 20 }, (_, n) => n + 40);
    const valuesAt = (name: string) => {
      const reader = new CausalClient({ nodes: [cluster.url(name)] });
      return Promise.all(expected.map(async (n) => (await reader.get(`k${n % 20}`)).value));
    };
    const refill = async (name: string) => {
      await cluster.whileDown(name, () => cluster.wipe(name));
      await cluster.start(name);
      expect(await valuesAt(name)).toEqual(expected);
      expect(lines.filter((line) => line.startsWith(name)).join('\n')).toContain('merged a snapshot');
    };
    upgraded.add('node3');
    await refill('node3');
    await change('node2', 'this');
    await refill('node1');
  });

  it('is not undone on the data of a killed node, which the previous release cannot read', async () => {
    await change('node1', 'this');
    const client = new CausalClient({ nodes: [cluster.url('node1')] });
    for (let n = 0; n < 20; n++) await client.put(`k${n}`, n);
    // More than the journal takes: the log has them in blocks.
    await client.putAll(
      Array.from({ length: 1_000 }, (_, n) => ({ key: `many${n}`, value: 'x'.repeat(100) })),
    );
    await cluster.kill('node1');
    upgraded.delete('node1');
    lines.length = 0;
    cluster.launch('node1');
    await expect.poll(() => cluster.problems.join('\n')).toContain('start the release that wrote it');
    upgraded.add('node1');
    await cluster.start('node1');
    await change('node1', 'previous');
    const back = new CausalClient({ nodes: [cluster.url('node1')] });
    for (let n = 0; n < 20; n++) expect((await back.get(`k${n}`)).value).toBe(n);
    expect((await heartbeat('node1')).clock_id).toBe('node1');
  });
});
