import pWaitFor, { TimeoutError } from 'p-wait-for';
import type { Checks } from '../report/checks.ts';
import { type Cluster, NAMESPACE } from './cluster.ts';
import type { Guide } from './guide.ts';
import { readKeys, startWriting, type Writes } from './store-client.ts';

/** A node is ready before its peers have sent it what it missed. */
const STORED_TIMEOUT_MS = 30_000;

const nodes = ['store-0', 'store-1', 'store-2'];

/** Stops, repairs, adds and removes nodes while a client writes with `acks: 2`. */
export async function checkStore(checks: Checks, cluster: Cluster, guide: Guide): Promise<void> {
  await checks.check('the store answers through the port that the README forwards', async () => {
    const stopped = new AbortController();
    try {
      const url = await guide.forward('forwardStore', stopped.signal);
      await put(url, { key: 'forwarded', value: 'yes', acks: 3 });
      const response = await fetch(`${url}/get?key=forwarded`);
      const text = await response.text();
      if (!text.includes('"value":"yes"')) throw new Error(`read ${response.status} ${text}`);
    } finally {
      stopped.abort();
    }
    return undefined;
  });
  const survives = (title: string, disturbance: () => Promise<unknown>) =>
    checks.check(title, async () => {
      const writing = await startWriting(cluster);
      // The writer ends with its input, also when the disturbance fails.
      await disturbance().catch(async (error) => {
        await writing.stop();
        throw error;
      });
      return compare(cluster, await writing.stop());
    });

  await survives('acknowledged writes survive a deleted pod', async () => {
    await cluster.kubectl('-n', NAMESPACE, 'delete', 'pod', 'store-2');
    await cluster.kubectl('-n', NAMESPACE, 'rollout', 'status', 'statefulset/store');
  });
  await survives('a node whose volume was lost returns, and acknowledged writes survive', async () => {
    await guide.run('deleteVolume', 'deletePod', 'awaitReplacement');
  });
  await checks.check('a new cluster token refuses no write', async () => {
    const writing = await startWriting(cluster);
    await guide.run('replaceClusterToken').catch(async (error) => {
      await writing.stop();
      throw error;
    });
    const writes = await writing.stop();
    if (Object.keys(writes.failures).length > 0) throw new Error(JSON.stringify(writes.failures));
    return compare(cluster, writes);
  });
  await survives('a fourth node joins, leaves, and can be admitted again', async () => {
    await guide.run('addNode', 'awaitAddedNode');
    await guide.run('stopAddedNode', 'awaitStopped');
    expectStatus(await guide.run('removeMember'));
    await guide.run('deleteMemberVolume');
    expectStatus(await guide.run('admitMember'));
  });
}

async function put(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/put`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.status !== 200) throw new Error(`put: ${response.status} ${await response.text()}`);
}

/** The README's scripts print the response's status and body. */
function expectStatus(output: string): void {
  if (!output.startsWith('200 ')) throw new Error(`expected status 200, got ${output}`);
}

/** Waits until every node has every acknowledged write. */
async function compare(cluster: Cluster, writes: Writes): Promise<string> {
  const { acknowledged, failures, longestGapMs } = writes;
  const failed = Object.entries(failures).map(([outcome, count]) => `, ${count} × ${outcome}`);
  const summary = `${acknowledged.length} acknowledged${failed.join('')}`;
  if (acknowledged.length === 0) throw new Error(summary);
  let problems: string[] = [];
  const allStored = async () => {
    problems = (await Promise.all(nodes.map((node) => missingKeys(cluster, node, acknowledged)))).flat();
    return problems.length === 0;
  };
  await pWaitFor(allStored, { interval: 1_000, timeout: STORED_TIMEOUT_MS }).catch((error: unknown) => {
    throw error instanceof TimeoutError ? new Error(`${summary}; ${problems.join('; ')}`) : error;
  });
  return `${summary}, longest gap ${(longestGapMs / 1000).toFixed(1)} s`;
}

async function missingKeys(cluster: Cluster, node: string, wanted: readonly string[]): Promise<string[]> {
  try {
    const keys = await readKeys(cluster, node);
    const missing = wanted.filter((key) => !keys.has(key));
    return missing.length === 0 ? [] : [`${node} lacks ${missing.length} writes, such as ${missing[0]}`];
  } catch (error) {
    return [`${node}: ${error}`];
  }
}
