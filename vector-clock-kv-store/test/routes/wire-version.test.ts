import { createServer, type Server } from 'node:http';
import { listenerOf } from '@gridclock/service-kit';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpTransport } from '../../src/replication/http-transport.ts';
import { IncompatiblePeerError } from '../../src/replication/transport.ts';
import type { WireFormats } from '../../src/replication/wire-formats.ts';
import { createNodeApp, type NodeApp } from '../support/node-app.ts';
import { write } from '../support/sample-write.ts';

const token = 'a-token-of-the-cluster';
const bearer = { authorization: `Bearer ${token}` };

let node: NodeApp;
let server: Server;
let versions: (string | undefined)[];
let lengths: number[];
/** Whether the next message is refused like one that was signed for an earlier life. */
let isUnknown = false;

async function serve(wire: WireFormats): Promise<void> {
  node = createNodeApp({ token, wire });
  const starting = node.node.start();
  await node.clock.advanceAsync(100);
  if (wire.reads[0] === 1) await starting;
}

beforeEach(async () => {
  versions = [];
  lengths = [];
  await serve({ reads: [1, 3], writes: 3 });
  server = createServer((request, response) => {
    const version = request.headers['x-gridclock-wire'];
    if (request.url !== '/') versions.push(typeof version === 'string' ? version : undefined);
    if (request.url === '/replicate') lengths.push(Number(request.headers['content-length']));
    if (request.url === '/replicate' && isUnknown) {
      isUnknown = false;
      response.writeHead(401).end();
    } else listenerOf(node.app)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await node.node.stop();
});

function transport(wire?: WireFormats): HttpTransport {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  let sequence = 0;
  return new HttpTransport(
    { id: 'node1', url: `http://127.0.0.1:${port}` },
    {
      self: 'node2',
      life: '0123456789abcdef',
      token,
      isConfigured: true,
      nextSequence: () => ++sequence,
      tokenSenders: new Set(),
      ...(wire === undefined ? {} : { wire }),
    },
  );
}

describe('messages between nodes', () => {
  it('have the newest version that both nodes know, in every request', async () => {
    const link = transport({ reads: [1, 2], writes: 2 });
    await link.heartbeat();
    // The first one by the app, the second by the hot route.
    for (const counter of [1, 2])
      expect(await link.replicate([write('node2', counter)])).toEqual({ node2: counter });
    expect((await link.snapshot(undefined)).clock).toEqual({ node2: 2 });
    expect(versions).toEqual(['2', '2', '2']);
  });

  it('state no version if it is the first one, as earlier releases expect', async () => {
    const link = transport({ reads: [1, 1], writes: 1 });
    await link.heartbeat();
    await link.replicate([write('node2', 1)]);
    expect(versions).toEqual([undefined]);
  });

  it('have the short form only for a peer that reads it', async () => {
    const run = [1, 2, 3].map((counter) => write('node2', counter, `k${counter}`));
    const link = transport();
    // Without a heartbeat, the peer is not known to read it.
    await link.replicate(run.slice(0, 2));
    await link.heartbeat();
    await link.replicate(run);
    const short = `[${JSON.stringify(run[0])},{"key":"k2","value":2},{"key":"k3","value":3}]`;
    expect(lengths).toEqual([JSON.stringify(run.slice(0, 2)).length, short.length]);
    expect(node.node.store?.liveClock).toEqual({ node2: 3 });
  });

  it('keep their version when the peer turns out to be of an earlier release in between', async () => {
    const link = transport();
    await link.heartbeat();
    await node.node.stop();
    await serve({ reads: [1, 1], writes: 1 });
    // The link asks the new process for its proof, and learns what it reads.
    isUnknown = true;
    const run = [write('node2', 1), write('node2', 2)];
    await expect(link.replicate(run)).rejects.toThrow(IncompatiblePeerError);
    expect(versions).toEqual(['2', '2']);
    expect(await link.replicate(run)).toEqual({ node2: 2 });
    expect(versions.at(-1)).toBeUndefined();
  });

  it('of a version that the node does not read are refused by their sentence', async () => {
    const link = transport({ reads: [4, 5], writes: 5 });
    const sentence =
      'The message has version 4 of the messages between nodes; this node reads versions 1 to 3';
    await expect(link.replicate([write('node2', 1)])).rejects.toThrow(sentence);
    await expect(link.replicate([write('node2', 1)])).rejects.toThrow(IncompatiblePeerError);
    expect(node.node.clock).toEqual({});
  });
});

describe.each([
  ['post', '/replicate'],
  ['get', '/snapshot'],
  ['post', '/claims'],
] as const)('%s %s', (method, path) => {
  it('refuses a version that it does not read, and one that is none', async () => {
    const send = (version: string) =>
      request(node.app)[method](path).set(bearer).set('x-gridclock-wire', version).send();
    const refused = await send('4');
    expect(refused.status).toBe(415);
    expect(refused.body).toMatchObject({ code: 'wire_version' });
    expect(refused.body.error).toContain('Update this node');
    expect(await send('one')).toMatchObject({ status: 400, body: { field: 'x-gridclock-wire' } });
  });
});

it('refuses a message without a version if it does not read the first one', async () => {
  await node.node.stop();
  await serve({ reads: [2, 3], writes: 3 });
  const response = await request(node.app).post('/replicate').set(bearer).send(write('node2', 1));
  expect(response.status).toBe(415);
  expect(response.body.error).toContain('Update the sender');
  const heartbeat = (await request(node.app).get('/')).body;
  expect(heartbeat).toMatchObject({ status: 'starting', wire: { reads: [2, 3], writes: 3 } });
  expect(heartbeat.incompatible_peers).toHaveLength(2);
  expect((await request(node.app).get('/ready')).body.reason).toContain('update node2');
  const metrics = (await request(node.app).get('/metrics')).text;
  expect(metrics).toContain('kv_peer_wire_version{peer="node2"} 0');
});
