import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CausalClient } from '../../src/causal-client.ts';
import { scenarios } from '../../src/verification/scenarios/index.ts';
import type { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { NodeApi } from '../../src/verification/workload/node-api.ts';
import { localCluster } from '../support/local-cluster.ts';
import { runClient } from '../support/run-client.ts';

describe('client.ts against three running nodes', () => {
  let cluster: NodeProcesses;

  beforeAll(async () => {
    cluster = await localCluster({ environment: { CLUSTER_TOKEN: 'secret' } });
    await cluster.start('node1', 'node2', 'node3');
  });

  afterAll(() => cluster.stop());

  it('passes every scenario, prints each step, and exits with 0', async () => {
    const { all, exitCode } = await runClient(['--nodes', cluster.urls.join(','), '--token', 'secret']);
    const names = scenarios.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['original', 'out-of-order', 'concurrent', 'chain']));
    for (const name of names)
      expect(all).toMatch(
        new RegExp(`${name}\\n  claim  .+\\n[^]*?\\n  seen   .+\\n  means  .+\\nPASS  ${name}`),
      );
    expect(all).toContain('node3 buffers');
    expect(all).toContain(`${names.length} passed, 0 failed`);
    expect(exitCode).toBe(0);
  });

  it('runs only the named scenarios, even repeatedly on the same cluster', async () => {
    const { all, exitCode } = await runClient(['chain', 'original', '--nodes', cluster.urls.join(',')]);
    expect(all).toContain('2 passed, 0 failed');
    expect(all).not.toContain('out-of-order');
    expect(exitCode).toBe(0);
  });

  it('prints what each scenario claims and has seen as JSON with --json', async () => {
    const { stdout } = await runClient(['original', '--nodes', cluster.urls.join(','), '--json']);
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'original', claim: expect.any(String), seen: expect.stringContaining('x=2'), passed: true },
    ]);
  });

  it('fails a scenario that needs more nodes, and exits with 1', async () => {
    const { all, exitCode } = await runClient(['original', '--nodes', cluster.urls.slice(0, 2).join(',')]);
    expect(all).toContain('FAIL  original');
    expect(all).toContain('needs 3 nodes');
    expect(exitCode).toBe(1);
  });

  it('rejects a node that is listed more than once', async () => {
    const { all, exitCode } = await runClient([
      'chain',
      '--nodes',
      Array(3).fill(cluster.url('node1')).join(','),
    ]);
    expect(all).toBe('client: node1 responds at more than one of the URLs; list each node once');
    expect(exitCode).toBe(1);
  });

  it('names the node that is not a URL', async () => {
    const { all, exitCode } = await runClient(['--nodes', `${cluster.url('node1')},localhost:5002`]);
    expect(all).toContain('"localhost:5002" is not an http:// or https:// URL.');
    expect(exitCode).toBe(1);
  });

  it('does not print the token in --help', async () => {
    const { all } = await runClient(['--help'], { CLUSTER_TOKEN: 'swordfish' });
    expect(all).toContain('CLUSTER_TOKEN');
    expect(all).not.toContain('swordfish');
  });

  it('rejects an unknown scenario', async () => {
    const { all, exitCode } = await runClient(['no-such']);
    expect(all).toContain('no-such');
    expect(exitCode).toBe(1);
  });
});

describe('a killed and restarted node', () => {
  const api = new NodeApi();
  let cluster: NodeProcesses;

  beforeAll(async () => {
    cluster = await localCluster();
    await cluster.start('node1', 'node2', 'node3');
  });

  afterAll(() => cluster.stop());

  const state = (node: string) => api.state(cluster.url(node));
  const put = (node: string, key: string, value: string) =>
    new CausalClient({ nodes: [cluster.url(node)] }).put(key, value);

  it('catches up and reuses no counter', async () => {
    await put('node3', 'before', 'written by the first incarnation of node3');
    await expect
      .poll(() => state('node1'), { timeout: 20_000 })
      .toMatchObject({ vector_clock: { node3: 1 } });
    await cluster.kill('node3');
    await put('node1', 'x', 'while node3 was down');
    await put('node2', 'y', 'while node3 was down');

    await cluster.start('node3');
    const back = await state('node3');
    expect(back.store).toMatchObject({
      before: 'written by the first incarnation of node3',
      x: 'while node3 was down',
      y: 'while node3 was down',
    });
    expect(back).toMatchObject({ node_id: 'node3' });
    expect(back.clock_id).toMatch(/^node3~[0-9a-f]{8}$/);
    const vc = await put('node3', 'after', 'written by the second incarnation of node3');
    expect(vc).toEqual({ node1: 1, node2: 1, node3: 1, [back.clock_id]: 1 });
    for (const node of ['node1', 'node2']) {
      await expect
        .poll(() => state(node), { timeout: 20_000 })
        .toMatchObject({
          store: {
            before: 'written by the first incarnation of node3',
            after: 'written by the second incarnation of node3',
          },
          vector_clock: vc,
        });
    }
  });
});
