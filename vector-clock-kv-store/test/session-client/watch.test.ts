import { describe, expect, it } from 'vitest';
import { CausalClient, InvalidResponseError, WatchLostError } from '../../src/session-client/index.ts';
import { type Script, scriptedTransport } from '../support/scripted-transport.ts';

const [node1, node2] = ['http://node1', 'http://node2'];

const eventOf = (n: number) =>
  `id: {"node1":${n}}\nevent: write\ndata: {"key":"k","value":${n},"sender":"node1","vc":{"node1":${n}}}\n\n`;

const stream = (...events: string[]): Script => ({ events: [': watching\n\n', ...events] });

const reset = stream('id\nevent: reset\ndata: {"error":"The log no longer reaches back"}\n\n');

const unavailable = stream('event: unavailable\ndata: {"status":"removed"}\n\n');

function clientOf(scripts: Record<string, readonly Script[]>) {
  const transport = scriptedTransport(scripts);
  const retry = { rounds: 2 };
  return {
    transport,
    client: new CausalClient({
      ...{ nodes: [node1, node2], transport, retry, random: () => 0 },
      context: { node1: 1 },
    }),
  };
}

/** Watches until there are `count` writes. */
async function values(client: CausalClient, count: number): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { value } of client.watch('k')) if (found.push(value) >= count) break;
  return found;
}

describe('CausalClient.watch', () => {
  it('continues at another node after the last write when its node stops', async () => {
    const { client, transport } = clientOf({
      [node1]: [stream(eventOf(2), eventOf(3)), { fails: 'refused' }],
      [node2]: [{ events: [], status: 503 }, stream(eventOf(4))],
    });
    expect(await values(client, 3)).toEqual([2, 3, 4]);
    const positions = transport.requests.map(({ node, headers }) => [node, headers]);
    expect(positions[0]).toEqual([node1, { 'last-event-id': '{"node1":1}' }]);
    expect(positions.at(-1)).toEqual([node2, { 'last-event-id': '{"node1":3}' }]);
    expect(client.context).toEqual({ node1: 4 });
  });

  it('asks the node of a new session for its clock, and begins there', async () => {
    const transport = scriptedTransport({
      [node1]: [{ status: 200, body: { node_id: 'node1', vector_clock: { node1: 7 } } }, stream(eventOf(8))],
    });
    const client = new CausalClient({ nodes: [node1], transport });
    expect(await values(client, 1)).toEqual([8]);
    expect(transport.requests.map(({ path }) => path)).toEqual(['/', '/watch?prefix=k']);
    expect(transport.requests[1]?.headers).toEqual({ 'last-event-id': '{"node1":7}' });
  });

  it('fails if the nodes no longer have what it missed, but asks each first', async () => {
    const { client, transport } = clientOf({ [node1]: [reset], [node2]: [{ fails: 'refused' }] });
    await expect(values(client, 1)).rejects.toThrow(WatchLostError);
    expect(transport.requests.map(({ node }) => node)).toEqual([node1, node2]);
    const other = clientOf({ [node1]: [reset], [node2]: [stream(eventOf(2))] });
    expect(await values(other.client, 1)).toEqual([2]);
  });

  it('fails after as many rounds without a write as the policy says', async () => {
    const { client, transport } = clientOf({ [node1]: [unavailable], [node2]: [{ fails: 'ambiguous' }] });
    await expect(values(client, 1)).rejects.toThrow('watch: http://node2: ECONNRESET');
    expect(transport.requests).toHaveLength(6);
  });

  it('fails at once if the request itself is refused', async () => {
    const { client, transport } = clientOf({ [node1]: [{ status: 400, body: { error: 'vc.node9' } }] });
    await expect(values(client, 1)).rejects.toThrow('status 400');
    expect(transport.requests).toHaveLength(1);
  });

  it('fails at once if the server responds with a page', async () => {
    const page = { events: ['<html>', '</html>'], type: 'text/html; charset=utf-8' };
    const { client, transport } = clientOf({ [node1]: [page] });
    await expect(values(client, 1)).rejects.toThrow(InvalidResponseError);
    expect(transport.requests).toHaveLength(1);
  });

  it('waits as long as the nodes ask before it tries again', async () => {
    const full: Script = { status: 503, events: ['{"code":"too_many_streams"}'], retryAfterMs: 60 };
    const { client, transport } = clientOf({ [node1]: [full, stream(eventOf(2))], [node2]: [full] });
    const begin = performance.now();
    expect(await values(client, 1)).toEqual([2]);
    expect(performance.now() - begin).toBeGreaterThan(50);
    expect(transport.requests).toHaveLength(3);
  });

  it('reports nothing after its signal aborts, although more has arrived', async () => {
    const { client } = clientOf({ [node1]: [stream(eventOf(2) + eventOf(3))] });
    const controller = new AbortController();
    const seen: unknown[] = [];
    const watching = async () => {
      for await (const { value } of client.watch('', { signal: controller.signal })) {
        seen.push(value);
        controller.abort(new Error('enough'));
      }
    };
    await expect(watching()).rejects.toThrow('enough');
    expect(seen).toEqual([2]);
  });

  it('ends with the reason of its signal', async () => {
    const { client } = clientOf({ [node1]: ['silent'] });
    const controller = new AbortController();
    const watching = client.watch('', { signal: controller.signal }).next();
    controller.abort(new Error('enough'));
    await expect(watching).rejects.toThrow('enough');
  });
});
