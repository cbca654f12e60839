import { SeededRandom } from '@gridclock/simulation-kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClientWorkload } from '../../../src/verification/workload/client-workload.ts';
import { NodeAdmin } from '../../../src/verification/workload/node-api.ts';
import { freshKeys, runWorkload } from '../../../src/verification/workload/workload-run.ts';
import { LocalCluster } from '../../support/local-cluster.ts';

const TOKEN = 'only-among-nodes';
const names = ['node1', 'node2', 'node3'];

let cluster: LocalCluster;
const admin = new NodeAdmin(TOKEN);

beforeEach(async () => {
  cluster = await LocalCluster.plan({ CLUSTER_TOKEN: TOKEN });
  await cluster.start(...names);
});

afterEach(() => cluster.stop());

/** @param ordeal gets a way to wait until sessions have done so many operations */
function tryOut(
  open: readonly string[],
  ordeal: (after: (operations: number) => Promise<unknown>) => Promise<void>,
) {
  const loop = new ClientWorkload(
    (node) => cluster.url(node),
    () => open,
    freshKeys('trial:'),
  );
  return runWorkload({
    nodes: new Map(names.map((name) => [name, cluster.url(name)])),
    admin,
    loop,
    sessions: 4,
    random: new SeededRandom(1),
    ordeal: () => ordeal((operations) => vi.waitUntil(() => loop.operations >= operations, 45_000)),
    heal: async () => {},
    print: () => {},
  });
}

const strike = (action: string) => {
  const peers = ['node2', 'node3'];
  return Promise.all(peers.map((peer) => admin.fault(cluster.url('node1'), { peer, action })));
};

describe('a trial of nodes that have a token', () => {
  it('finds nothing where nothing was lost', async () => {
    const report = await tryOut(names, async (after) => {
      await after(100);
      expect(await strike('hold')).toEqual([true, true]);
      await after(200);
      expect(await strike('release')).toEqual([true, true]);
    });
    expect(report.findings).toEqual([]);
    expect(report.operations).toBeGreaterThanOrEqual(200);
    expect(report.judgement.acknowledged).toBeGreaterThan(0);
  }, 60_000);

  it('finds the writes that were lost with the only node that had them', async () => {
    const report = await tryOut(['node1'], async (after) => {
      await strike('hold');
      await after(100);
      // It keeps nothing on disk.
      await cluster.kill('node1');
      await cluster.start('node1');
    });
    expect(report.judgement.lost.length).toBeGreaterThan(0);
    expect(report.findings.join('\n')).toContain('is not covered by the clock of node2');
  }, 60_000);

  it('ends with what went wrong in the ordeal', async () => {
    const report = tryOut(names, async (after) => {
      await after(10);
      throw new Error('the update failed');
    });
    await expect(report).rejects.toThrow('the update failed');
  }, 60_000);
});
