// A right node as other courses write it: NODE_ID is a number, PEERS are `host:port`, clocks are lists, messages and
// answers say `vector_clock`, clients use /write and /read. `node sibling.mjs mute` answers without clocks. It keeps
// its writes in DATA_DIR.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';

const isMute = process.argv[2] === 'mute';
const me = Number(process.env.NODE_ID);
if (!Number.isInteger(me)) throw new Error('NODE_ID is not a number');
const peers = process.env.PEERS.split(',').map((peer) => {
  const [hostname, port] = peer.split(':');
  if (!/^\d+$/.test(port)) throw new Error(`PEERS: ${peer} is not host:port`);
  return { hostname, port, outbox: [] };
});

let isRestoring = true;
const clock = Array(peers.length + 1).fill(0);
const store = new Map();
const buffer = new Map();
const log = process.env.DATA_DIR && `${process.env.DATA_DIR}/writes`;
const keep = (message) => log && appendFileSync(log, `${JSON.stringify(message)}\n`, { flush: true });
const sum = (counters) => counters.reduce((total, counter) => total + counter, 0);

function apply({ key, value, node_id, vector_clock }) {
  for (const [node, counter] of vector_clock.entries()) clock[node] = Math.max(clock[node], counter);
  const rank = [sum(vector_clock), node_id];
  const current = store.get(key)?.rank ?? [0, 0];
  if (rank[0] > current[0] || (rank[0] === current[0] && rank[1] > current[1]))
    store.set(key, { value, rank });
}

const isReady = ({ node_id, vector_clock }) =>
  vector_clock.every((counter, node) => counter <= clock[node] + (node === node_id ? 1 : 0));

function receive(message) {
  const { node_id, vector_clock } = message;
  if (vector_clock[node_id] <= clock[node_id]) return 'duplicate';
  if (!buffer.has(`${node_id} ${vector_clock[node_id]}`) && !isRestoring) keep(message);
  buffer.set(`${node_id} ${vector_clock[node_id]}`, message);
  for (let found = true; found; ) {
    found = false;
    for (const sender of clock.keys()) {
      const slot = `${sender} ${clock[sender] + 1}`;
      const next = buffer.get(slot);
      if (next === undefined || !isReady(next)) continue;
      buffer.delete(slot);
      apply(next);
      found = true;
    }
  }
  return buffer.has(`${node_id} ${vector_clock[node_id]}`) ? 'buffered' : 'applied';
}

function send({ hostname, port }, message) {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request({ hostname, port, path: '/replicate', method: 'POST', headers }, (response) =>
      response.resume().on('close', () => resolve(response.statusCode < 300)),
    );
    sent.on('error', () => resolve(false)).end(JSON.stringify(message));
  });
}

async function keepSending(peer) {
  for (;;) {
    if (peer.outbox.length > 0 && (await send(peer, peer.outbox[0]))) peer.outbox.shift();
    else await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const shown = () => (isMute ? {} : { vector_clock: clock });
const isText = (text) => typeof text === 'string' && text !== '';
const isClock = (list) =>
  Array.isArray(list) && list.length === clock.length && list.every((n) => Number.isSafeInteger(n) && n >= 0);
const isBehind = (seen) => seen?.some((counter, node) => counter > clock[node]);

function answer(method, url, body) {
  if (method === 'GET' && url.pathname.startsWith('/read/')) {
    const key = decodeURIComponent(url.pathname.slice('/read/'.length));
    const seen = url.searchParams.has('vc') ? JSON.parse(url.searchParams.get('vc')) : undefined;
    if (isBehind(seen)) return [503, { error: 'behind' }];
    return store.has(key) ? [200, { key, value: store.get(key).value, ...shown() }] : [404, { ...shown() }];
  }
  if (method === 'POST' && url.pathname === '/write') {
    if (!isText(body?.key) || body.value === undefined) return [400, { error: 'key or value is missing' }];
    if (isBehind(body.vc)) return [503, { error: 'behind' }];
    const vector_clock = clock.with(me, clock[me] + 1);
    const message = { node_id: me, key: body.key, value: body.value, vector_clock };
    keep(message);
    apply(message);
    for (const { outbox } of peers) outbox.push(message);
    return [200, { status: 'ok', ...shown() }];
  }
  if (method === 'POST' && url.pathname === '/replicate') {
    const { node_id, key, value, vector_clock } = body ?? {};
    const isKnown = Number.isInteger(node_id) && node_id >= 0 && node_id < clock.length;
    if (
      !isKnown ||
      !isText(key) ||
      value === undefined ||
      !isClock(vector_clock) ||
      vector_clock[node_id] === 0
    )
      return [400, { error: 'not a message' }];
    return [202, { status: receive({ node_id, key, value, vector_clock }) }];
  }
  return [404, { error: 'not found' }];
}

if (log && existsSync(log))
  for (const line of readFileSync(log, 'utf8').trim().split('\n').filter(Boolean)) {
    const message = JSON.parse(line);
    receive(message);
    if (message.node_id === me) for (const { outbox } of peers) outbox.push(message);
  }
isRestoring = false;
createServer(async (received, response) => {
  let text = '';
  for await (const part of received.setEncoding('utf8')) text += part;
  let result;
  try {
    result = answer(received.method, new URL(received.url, 'http://node'), text && JSON.parse(text));
  } catch {
    result = [400, { error: 'not JSON' }];
  }
  response.writeHead(result[0], { 'content-type': 'application/json' }).end(JSON.stringify(result[1]));
}).listen(Number(process.env.PORT), '127.0.0.1');
for (const peer of peers) keepSending(peer);
