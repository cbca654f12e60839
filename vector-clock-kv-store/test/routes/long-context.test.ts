import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { listen } from '@gridclock/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CausalClient } from '../../src/causal-client.ts';
import { MAX_REQUEST_HEADER_BYTES } from '../../src/limits.ts';
import { longestClock, storeRetiredIds } from '../support/longest-clock.ts';
import { createNodeApp, type NodeApp } from '../support/node-app.ts';

let server: Server;
let created: NodeApp;
let url = '';

beforeAll(async () => {
  created = createNodeApp();
  await storeRetiredIds(created.storage);
  await created.node.start();
  server = await listen(created.app, 0, '127.0.0.1', MAX_REQUEST_HEADER_BYTES);
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await created.node.stop();
});

const answerSchema = z.object({ vc: z.record(z.string(), z.number()), retired: z.array(z.string()) });

const json = JSON.stringify(longestClock);
const inQuery = `vc=${encodeURIComponent(json)}`;
const inHeader = { 'x-causal-context': json };
const asJson = { 'content-type': 'application/json' };

describe('the longest context that a node may have sent', () => {
  it.each<[string, string, RequestInit]>([
    ['the query of a read', `/get?key=y&${inQuery}`, {}],
    ['a header of a read', '/get?key=y', { headers: inHeader }],
    [
      'the body of a read',
      '/get',
      { method: 'POST', headers: asJson, body: JSON.stringify({ key: 'y', vc: longestClock }) },
    ],
    [
      'a header of a write',
      '/put',
      { method: 'POST', headers: { ...asJson, ...inHeader }, body: '{"key":"y","value":1}' },
    ],
    [
      'the body of a write',
      '/put',
      { method: 'POST', headers: asJson, body: JSON.stringify({ key: 'y', value: 1, vc: longestClock }) },
    ],
    ['the query of a deletion', `/delete?key=y&${inQuery}`, { method: 'DELETE' }],
    ['a header of a deletion', '/delete?key=y', { method: 'DELETE', headers: inHeader }],
    [
      'the body of a deletion',
      '/delete',
      { method: 'DELETE', headers: asJson, body: JSON.stringify({ key: 'y', vc: longestClock }) },
    ],
  ])('is accepted in %s, which may then drop its retired ids', async (_where, path, options) => {
    const response = await fetch(url + path, options);
    expect(response.status).toBe(200);
    const body = answerSchema.parse(await response.json());
    expect(body.retired).toHaveLength(Object.keys(longestClock).length);
    expect(Object.keys(body.vc).filter((id) => id !== 'node1')).toEqual(['node2']);
  });

  it.each<[string, string, Record<string, string>]>([
    ['the query', `/watch?${inQuery}`, {}],
    ['a header', '/watch', inHeader],
    ['Last-Event-ID', '/watch', { 'last-event-id': json }],
  ])('is accepted by /watch in %s', async (_where, path, headers) => {
    const aborting = new AbortController();
    const response = await fetch(url + path, { headers, signal: aborting.signal });
    expect(response.status).toBe(200);
    aborting.abort();
  });
});

describe('CausalClient', () => {
  it('sends a long context in a body, and drops the retired ids of the response', async () => {
    const before = await longContext();
    expect(Object.keys(before.context)).toHaveLength(Object.keys(longestClock).length);
    await before.get('y', { node: url });
    expect(retiredIn(before)).toEqual([]);
    const other = await longContext();
    await other.remove('y', { node: url });
    expect(retiredIn(other)).toEqual([]);
  });
});

const retiredIn = ({ context }: CausalClient) =>
  Object.keys(context).filter((id) => longestClock[id] !== undefined);

/** A client whose first read was answered with the longest clock. */
async function longContext(): Promise<CausalClient> {
  const other = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ key: 'x', value: 1, vc: longestClock }));
  }).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const client = new CausalClient({ nodes: [] });
  await client.get('x', { node: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` });
  other.close();
  other.closeAllConnections();
  return client;
}
