import { createTemporaryDirectory } from '@gridclock/local-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Collector, startCollector } from '../../../test/support/tracing/collector.ts';
import { treeOf } from '../../../test/support/tracing/tree.ts';
import type { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { localCluster } from '../support/local-cluster.ts';

let collector: Collector;
let cluster: NodeProcesses;
let directory: { path: string; remove: () => Promise<void> };

beforeAll(async () => {
  collector = await startCollector();
  directory = await createTemporaryDirectory();
  cluster = await localCluster({
    dataRoot: directory.path,
    environment: { ...collector.environment, CLUSTER_TOKEN: 'correct-horse', FAULTS: '1' },
  });
  await cluster.start('node1', 'node2', 'node3');
});

afterAll(async () => {
  await cluster.stop();
  await collector.stop();
  await directory.remove();
});

async function post(name: string, path: string, body: object, headers = {}): Promise<unknown> {
  const response = await fetch(`${cluster.url(name)}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer correct-horse', ...headers },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
  return response.json();
}

const traceIdOf = (number: number) => number.toString(16).padStart(32, 'b');

const put = (name: string, key: string, number: number) =>
  post(name, '/put', { key, value: 1 }, { traceparent: `00-${traceIdOf(number)}-00f067aa0ba902b7-01` });

/** The trace of a put at node1 that the other nodes deliver at once. */
const delivered = [
  'node1: POST /put',
  '  node1: commit',
  '  node1: replicate to node2',
  '    node2: POST /replicate',
  '  node1: replicate to node3',
  '    node3: POST /replicate',
  '  node2: deliver',
  '    node2: commit',
  '  node3: deliver',
  '    node3: commit',
];

describe('a traced put', () => {
  it.each([1, 2, 3])('is one trace to its deliveries at both peers, request %i', async (number) => {
    await put('node1', `x${number}`, number);
    await expect.poll(() => treeOf(collector.spans, traceIdOf(number))).toEqual(delivered);
    const spans = collector.spans.filter(({ traceId }) => traceId === traceIdOf(number));
    const message = spans.find(({ name, instance }) => name === 'POST /replicate' && instance === 'node3');
    const delivery = spans.find(({ name, instance }) => name === 'deliver' && instance === 'node3');
    expect(delivery?.links).toEqual([message?.spanId]);
    expect(delivery?.attributes).toMatchObject({
      'gridclock.write.sender': 'node1',
      'gridclock.write.number': number,
    });
  });

  it('shows what its delivery waits for', async () => {
    for (const name of ['node1', 'node2'])
      await post(name, '/faults', { peer: 'node3', action: 'hold', origin: 'node1' });
    const { vc } = Object(await put('node1', 'cause', 4));
    await post(
      'node2',
      '/put',
      { key: 'effect', value: 1, vc },
      { traceparent: `00-${traceIdOf(5)}-00f067aa0ba902b7-01` },
    );
    const buffered = async () => {
      const { buffered } = Object(await (await fetch(`${cluster.url('node3')}/state`)).json());
      return buffered.length;
    };
    await expect.poll(buffered).toBe(1);
    for (const name of ['node1', 'node2']) await post(name, '/faults', { peer: 'node3', action: 'release' });
    // A link sends a write again that its peer does not have yet.
    await expect
      .poll(() => [...new Set(treeOf(collector.spans, traceIdOf(5)))])
      .toEqual([
        'node2: POST /put',
        '  node1: deliver',
        '    node1: commit',
        '  node2: commit',
        '  node2: replicate to node1',
        '    node1: POST /replicate',
        '  node2: replicate to node3',
        '    node3: POST /replicate',
        '  node3: deliver',
        '    node3: commit',
        '    node3: wait for a dependency',
      ]);
    const wait = collector.spans.find(({ name }) => name === 'wait for a dependency');
    expect(wait).toMatchObject({
      traceId: traceIdOf(5),
      instance: 'node3',
      attributes: { 'gridclock.missing': 'node1:4' },
    });
  });

  it('leads to one delivery for each of many puts in one message', async () => {
    await post('node1', '/faults', { peer: 'node2', action: 'cut' });
    // Otherwise node3 may be faster, whose messages carry no traces of node1's puts.
    await post('node3', '/faults', { peer: 'node2', action: 'hold', origin: 'node1' });
    const numbers = Array.from({ length: 20 }, (_, index) => 100 + index);
    for (const number of numbers) await put('node1', `many${number}`, number);
    await post('node1', '/faults', { peer: 'node2', action: 'release' });
    const deliveriesOf = (number: number) =>
      collector.spans.filter(
        ({ name, instance, traceId }) =>
          name === 'deliver' && instance === 'node2' && traceId === traceIdOf(number),
      );
    await expect
      .poll(() => numbers.map((number) => deliveriesOf(number).length))
      .toEqual(numbers.map(() => 1));
    await post('node3', '/faults', { peer: 'node2', action: 'release' });
    const messages = () =>
      collector.spans.filter(({ links, name }) => name === 'replicate to node2' && links.length > 0);
    await expect.poll(() => messages().length).toBeGreaterThan(0);
  });

  it('leaves out heartbeats', () => {
    const heartbeats = collector.spans.filter(({ attributes }) => attributes['url.path'] === '/');
    const polls = collector.spans.filter(
      ({ kind, parentSpanId }) => kind === 3 && parentSpanId === undefined,
    );
    expect([...heartbeats, ...polls]).toEqual([]);
  });
});
