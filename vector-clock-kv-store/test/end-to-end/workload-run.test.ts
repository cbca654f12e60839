import { SeededRandom } from '@gridclock/simulation-kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { ClientWorkload } from '../../src/verification/workload/client-workload.ts';
import { NodeApi } from '../../src/verification/workload/node-api.ts';
import { freshKeys, runWorkload } from '../../src/verification/workload/workload-run.ts';
import { localCluster } from '../support/local-cluster.ts';

const TOKEN = 'only-among-nodes';
const names = ['node1', 'node2', 'node3'];

let cluster: NodeProcesses;
const api = new NodeApi({ token: TOKEN });

beforeEach(async () => {
  cluster = await localCluster({ environment: { CLUSTER_TOKEN: TOKEN } });
  await cluster.start(...names);
});

afterEach(() => cluster.stop());

/** @param disturbance receives a function that waits until the sessions have completed that many operations */
function run(
  open: readonly string[],
  disturbance: (after: (operations: number) => Promise<unknown>) => Promise<void>,
) {
  const workload = new ClientWorkload(
    (node) => cluster.url(node),
    () => open,
    freshKeys('run:'),
  );
  return runWorkload({
    nodes: new Map(names.map((name) => [name, cluster.url(name)])),
    api,
    workload,
    sessions: 4,
    random: new SeededRandom(1),
    disturbance: () =>
      disturbance((operations) => vi.waitUntil(() => workload.operations >= operations, 45_000)),
    heal: async () => {},
    print: () => {},
  });
}

/** Injects or releases a fault on every link from node1. */
const faultLinks = (action: string) => {
  const peers = ['node2', 'node3'];
  return Promise.all(peers.map((peer) => api.tryFault(cluster.url('node1'), { peer, action })));
};

describe('runWorkload on nodes with a cluster token', () => {
  it('finds nothing when no write was lost', async () => {
    const report = await run(names, async (after) => {
      await after(100);
      expect(await faultLinks('hold')).toEqual([true, true]);
      await after(200);
      expect(await faultLinks('release')).toEqual([true, true]);
    });
    expect(report.findings).toEqual([]);
    expect(report.operations).toBeGreaterThanOrEqual(200);
    expect(report.check.acknowledged).toBeGreaterThan(0);
    // Also those of batches: `checkRun` does not look for a write without clock.
    const writes = report.history.sessions.flatMap(({ operations }) =>
      operations.filter((operation) => operation.kind === 'write' && operation.status !== 'unknown'),
    );
    expect(writes.length).toBeGreaterThan(report.operations / 2);
    expect(writes.filter(({ vc }) => vc === undefined)).toEqual([]);
  });

  it('finds writes that were lost with the only node that had them', async () => {
    const report = await run(['node1'], async (after) => {
      await faultLinks('hold');
      await after(100);
      // The node runs without DATA_DIR.
      await cluster.kill('node1');
      await cluster.start('node1');
    });
    expect(report.check.lost.length).toBeGreaterThan(0);
    expect(report.findings.join('\n')).toContain('is not covered by the clock of node2');
  });

  it('rejects with the error of a failed disturbance', async () => {
    const report = run(names, async (after) => {
      await after(10);
      throw new Error('the update failed');
    });
    await expect(report).rejects.toThrow('the update failed');
  });
});
