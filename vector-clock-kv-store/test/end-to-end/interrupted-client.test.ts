import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { scenarios } from '../../src/verification/scenarios/index.ts';
import type { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { NodeApi } from '../../src/verification/workload/node-api.ts';
import { localCluster } from '../support/local-cluster.ts';
import { proxyNodes } from '../support/proxied-cluster.ts';
import { runClient } from '../support/run-client.ts';

const api = new NodeApi();
let cluster: NodeProcesses;

beforeAll(async () => {
  cluster = await localCluster();
  await cluster.start('node1', 'node2', 'node3');
});

afterAll(() => cluster.stop());

async function activeFaults(): Promise<string[]> {
  const heartbeats = await Promise.all(cluster.urls.map((url) => api.heartbeat(url)));
  return heartbeats.flatMap(({ name, faults = [] }) =>
    faults.map(({ peer, action }) => `${action} from ${name} to ${peer}`),
  );
}

/**
 * Runs a scenario and interrupts it while its nth request is on its way; 0 interrupts none.
 *
 * @returns `faultRequests`: the positions of its requests to inject and to release faults
 */
async function interruptAt(nth: number, scenario: string, signal: 'SIGINT' | 'SIGTERM') {
  let requests = 0;
  const faultRequests: number[] = [];
  const proxies = await proxyNodes(cluster.urls, async ({ method, url }) => {
    // A heartbeat is no step of a scenario.
    if (method === 'GET' && url === '/') return;
    requests++;
    if (url === '/faults') faultRequests.push(requests);
    if (requests !== nth) return;
    client.kill(signal);
    // The node gets the request when the client has reacted to the signal.
    await vi.waitFor(() => expect(output).toContain('interrupted;'), { timeout: 20_000, interval: 10 });
  });
  const client = runClient([scenario, '--nodes', proxies.urls.join(',')]);
  let output = '';
  client.all.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const { exitCode, all } = await client;
  proxies.close();
  return { exitCode, all, faultRequests };
}

describe.each(scenarios.filter(({ needsFaults }) => needsFaults).map(({ name }) => name))(
  '%s',
  (scenario) => {
    it('leaves no fault behind, whenever it is interrupted', async () => {
      const whole = await interruptAt(0, scenario, 'SIGINT');
      expect(whole.exitCode).toBe(0);
      expect(await activeFaults()).toEqual([]);
      const last = whole.faultRequests.at(-1) ?? 0;
      const released: number[] = [];
      for (let nth = 1; nth <= last + 1; nth++) {
        const signal = nth % 2 === 0 ? 'SIGINT' : 'SIGTERM';
        const { exitCode, all } = await interruptAt(nth, scenario, signal);
        expect({ nth, exitCode }, all).toEqual({ nth, exitCode: signal === 'SIGINT' ? 130 : 143 });
        expect({ nth, faults: await activeFaults() }, all).toEqual({ nth, faults: [] });
        if (all.includes('· released node')) released.push(nth);
      }
      expect(released.length).toBeGreaterThanOrEqual(whole.faultRequests.length / 2);
    }, 180_000);
  },
);

describe('a run whose output nobody reads any longer', () => {
  it('releases the links that it holds', async () => {
    const client = runClient(['out-of-order', '--nodes', cluster.urls.join(',')]);
    let output = '';
    client.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('hold the writes of node1')) client.stdout.destroy();
    });
    await client;
    expect(output).toContain('hold the writes of node1');
    expect(output).not.toContain('PASS');
    expect(await activeFaults()).toEqual([]);
  });
});

describe('a run on nodes with active faults', () => {
  it('warns of them, and releases them with --heal', async () => {
    const at = (node: string) => cluster.url(node);
    await api.fault(at('node1'), { peer: 'node3', action: 'hold', origin: 'node2', duration_ms: 600_000 });
    const nodes = ['original', '--nodes', cluster.urls.join(',')];
    const warned = await runClient(nodes);
    expect(warned.all).toMatch(/warning: active fault {2}node1 → node3: hold, ends by itself in \d{3} s/);
    expect(warned.all).toContain('run with --heal');
    expect(await activeFaults()).toEqual(['hold from node1 to node3']);
    const healed = await runClient([...nodes, '--heal']);
    expect(healed.all).toMatch(/released {2}node1 → node3: hold/);
    expect(healed.exitCode).toBe(0);
    expect(await activeFaults()).toEqual([]);
  });
});
