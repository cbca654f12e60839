import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BehindError, CausalClient, TooFewCopiesError } from '../../src/session-client/index.ts';
import type { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { localCluster } from '../support/local-cluster.ts';

let cluster: NodeProcesses;

beforeEach(async () => {
  cluster = await localCluster();
  await cluster.start(...cluster.names);
});

afterEach(() => cluster.stop());

/** Puts `count` values of one key, each after the one before. */
async function putAll(client: CausalClient, from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n++) await client.put('log/entry', n);
}

describe('CausalClient with fetch', () => {
  it('continues on the other nodes when the one that it uses dies, and reads its writes there', async () => {
    const client = new CausalClient({ nodes: cluster.urls });
    await client.put('x', 'at the first node', { acks: 3 });
    await cluster.kill('node1');
    await client.putAll([
      { key: 'y', value: 1 },
      { key: 'y', value: 2 },
    ]);
    for (const node of [cluster.url('node2'), cluster.url('node3')]) {
      expect((await client.get('x', { node })).value).toBe('at the first node');
      expect((await client.get('y', { node })).value).toBe(2);
    }
    await client.remove('y');
    expect((await client.get('y', { node: cluster.url('node3') })).value).toBeNull();
  });

  it('watches every write once and in order while the watched node is killed', async () => {
    const writer = new CausalClient({ nodes: [cluster.url('node2'), cluster.url('node3')] });
    const watcher = new CausalClient({ nodes: cluster.urls });
    const seen: unknown[] = [];
    const end = new AbortController();
    const watching = (async () => {
      for await (const { key, value } of watcher.watch('log/', { signal: end.signal })) {
        seen.push(value);
        // What a watch reports, its session reads: never an older value.
        const reading = await watcher.get(key);
        expect(Number(reading.value)).toBeGreaterThanOrEqual(Number(value));
      }
    })();
    watching.catch(() => {});
    await putAll(writer, 0, 1);
    // The watch may have begun after the first write.
    const last = () => seen.at(-1);
    let next = 1;
    await expect
      .poll(async () => {
        await putAll(writer, next++, 1);
        return seen.length;
      })
      .toBeGreaterThan(0);
    await putAll(writer, next, 10);
    await cluster.kill('node1');
    await putAll(writer, next + 10, 10);
    await expect.poll(last).toBe(next + 19);
    const first = Number(seen[0]);
    expect(seen).toEqual(Array.from({ length: next + 20 - first }, (_, index) => first + index));
    end.abort(new Error('seen enough'));
    await expect(watching).rejects.toThrow('seen enough');
  });

  it('throws what the nodes lack, and that a write has too few copies', async () => {
    const client = new CausalClient({ nodes: cluster.urls, waitMs: 200, retry: { rounds: 0 } });
    await client.put('x', 1, { acks: 3 });
    await cluster.kill('node2');
    await cluster.kill('node3');
    await expect(client.put('x', 2, { acks: 3 })).rejects.toThrow(TooFewCopiesError);
    // It has seen the write.
    expect((await client.get('x')).value).toBe(2);
    const ahead = new CausalClient({
      nodes: cluster.urls,
      context: { ...client.context, node2: 9 },
      waitMs: 100,
      retry: { rounds: 0 },
    });
    const failure = await ahead.get('x', { node: cluster.url('node1') }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BehindError);
    expect(failure).toMatchObject({ missing: { node2: 9 } });
  });
});
