// A node of the contract in plain JavaScript, as a student would write it: `node node.mjs` is right.
// `node node.mjs <fault>` has one fault, at the line that asks for it by `has(...)`. The judge is tried on all of them.
import { appendFileSync, existsSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';

const fault = process.argv[2];
const has = (name) => fault === name;

const { NODE_ID, PEERS = '', PORT = '5000', DATA_DIR } = process.env;
const peers = PEERS.split(',')
  .filter((peer) => peer !== '')
  .map((peer) => ({ url: peer.slice(peer.indexOf('=') + 1), outbox: [] }));

let id = NODE_ID;
let clock = {};
const store = new Map(); // key → the winning message
const buffer = new Map(); // `counter@sender` → message; faulty nodes use other keys
const at = (vc, node) => vc[node] ?? 0;
const sum = (vc) => Object.values(vc).reduce((total, counter) => total + counter, 0);

// ---------------------------------------------------------------- delivery

function isDuplicate({ sender, vc }) {
  if (has('no-sender-check') || has('no-dedup')) return false;
  return at(vc, sender) <= at(clock, sender);
}

function isReady({ sender, vc }) {
  if (has('no-buffer')) return true;
  const isNext = has('no-sender-check') || at(vc, sender) === at(clock, sender) + 1;
  return isNext && Object.keys(vc).every((node) => node === sender || at(vc, node) <= at(clock, node));
}

function apply(message) {
  if (has('wrong-merge')) clock = { ...message.vc };
  else
    for (const node of Object.keys(message.vc)) clock[node] = Math.max(at(clock, node), at(message.vc, node));
  const current = store.get(message.key);
  if (current === undefined || wins(message, current) || has('last-applied-wins'))
    store.set(message.key, message);
}

/** Concurrent writes: the larger sum of counters wins, then the larger sender. A later write has a larger sum. */
function wins(message, current) {
  const difference = sum(message.vc) - sum(current.vc);
  return difference > 0 || (difference === 0 && message.sender > current.sender);
}

function receive(message) {
  if (isDuplicate(message) || buffer.has(slotOf(message))) return 'duplicate';
  if (!isReady(message)) {
    if (has('forgets')) return 'buffered';
    if (!has('volatile-buffer')) keep(message);
    buffer.set(slotOf(message), message);
    return 'buffered';
  }
  keep(message);
  apply(message);
  if (has('recursion')) drainByRecursion();
  else drain();
  return 'applied';
}

const slotOf = ({ sender, vc }) =>
  has('no-dedup')
    ? Math.random()
    : `${at(vc, sender)}@${sender}${has('no-sender-check') ? Math.random() : ''}`;

/** Delivers what has become ready. Only the next message of each sender can be. */
function drain() {
  for (let found = true; found; ) {
    found = false;
    const senders = new Set([...buffer.values()].map(({ sender }) => sender));
    for (const sender of senders)
      for (let next = nextOf(sender); next !== undefined; next = nextOf(sender)) {
        buffer.delete(next[0]);
        apply(next[1]);
        found = true;
      }
  }
}

function nextOf(sender) {
  const slot = `${at(clock, sender) + 1}@${sender}`;
  const message = buffer.get(slot);
  if (message !== undefined) return isReady(message) ? [slot, message] : undefined;
  if (!has('no-dedup') && !has('no-sender-check')) return undefined;
  return [...buffer].find((entry) => entry[1].sender === sender && isReady(entry[1]));
}

function deliver(message) {
  apply(message);
  drainByRecursion();
}

function drainByRecursion() {
  for (const [slot, message] of buffer) {
    if (!isReady(message)) continue;
    buffer.delete(slot);
    deliver(message);
    return;
  }
}

// ---------------------------------------------------------------- disk

let file;

function keep(message) {
  if (file === undefined || has('counter-reuse')) return;
  appendFileSync(file, `${JSON.stringify(message)}\n`);
  fsyncSync(file);
}

function restore() {
  const path = DATA_DIR === undefined ? undefined : join(DATA_DIR, 'log');
  const isKnown = path !== undefined && existsSync(path);
  const messages = isKnown
    ? readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];
  for (const message of messages) receive(message);
  for (const message of messages)
    if (message.sender === id) for (const { outbox } of peers) outbox.push(message);
  if (path !== undefined) file = openSync(path, 'a');
  // What this node wrote before is forgotten, so its numbers must not be used again: another name.
  else if (!has('counter-reuse')) id = `${NODE_ID}~${Math.random().toString(36).slice(2, 8)}`;
}

// ---------------------------------------------------------------- sending

function send(url, message) {
  return new Promise((resolve) => {
    const sent = request(`${url}/replicate`, {
      method: 'POST',
      timeout: 1_000,
      headers: { 'content-type': 'application/json' },
    });
    sent.on('response', (response) => {
      response
        .resume()
        .on('end', () => resolve(response.statusCode < 300))
        .on('error', () => resolve(false));
    });
    sent.on('timeout', () => sent.destroy()).on('error', () => resolve(false));
    sent.end(JSON.stringify(message));
  });
}

/** Sends a peer its messages, in order, each until the peer has taken it. */
async function keepSending({ url, outbox }) {
  for (;;) {
    const [message] = outbox;
    const isTaken = message !== undefined && (await send(url, message));
    if (isTaken || has('sends-once')) outbox.shift();
    else await new Promise((resolve) => setTimeout(resolve, message === undefined ? 5 : 100));
    if (message === undefined && has('sends-once')) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

// ---------------------------------------------------------------- requests

const isClock = (vc) =>
  typeof vc === 'object' &&
  vc !== null &&
  !Array.isArray(vc) &&
  Object.values(vc).every((n) => Number.isSafeInteger(n) && n >= 0);

const isText = (text) => typeof text === 'string' && text !== '';

class BadRequest extends Error {}

/** Waits until this node has everything that the client has seen. */
async function hasSeen(context) {
  const isThere = () => Object.keys(context ?? {}).every((node) => at(clock, node) >= context[node]);
  for (let tries = 0; tries < 50 && !isThere(); tries++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  return isThere();
}

const routes = {
  'GET /': () => [200, { node_id: id, status: 'ok', vector_clock: clock }],
  'GET /health': () => [200, { status: 'ok' }],
  'GET /state': () => [
    200,
    {
      node_id: id,
      store: Object.fromEntries([...store].map(([key, { value }]) => [key, value])),
      vector_clock: clock,
      buffered: [...buffer.values()].map(({ key, value, sender, vc }) => ({
        key,
        value,
        sender,
        vector_clock: vc,
      })),
    },
  ],
  async 'GET /get'(_, query) {
    const key = query.get('key');
    if (!isText(key)) throw new BadRequest('key is required');
    const context = query.has('vc') ? JSON.parse(query.get('vc')) : undefined;
    if (context !== undefined && !isClock(context)) throw new BadRequest('vc is not a clock');
    if (!(await hasSeen(context))) return [503, { error: 'behind', vc: clock }];
    return [200, { key, value: store.get(key)?.value ?? null, vc: clock }];
  },
  async 'POST /put'(body) {
    const { key, value, vc: context } = body ?? {};
    if (!isText(key)) throw new BadRequest('key is required');
    if (value === undefined) throw new BadRequest('value is required');
    if (context !== undefined && !isClock(context)) throw new BadRequest('vc is not a clock');
    if (!(await hasSeen(context))) return [503, { error: 'behind', vc: clock }];
    const message = { sender: id, key, value, vc: { ...clock, [id]: at(clock, id) + 1 } };
    keep(message);
    apply(message);
    for (const { outbox } of peers) outbox.push(message);
    return [200, { status: 'ok', vc: message.vc }];
  },
  'POST /replicate'(body) {
    const { sender, key, value, vc } = body ?? {};
    if (!isText(sender)) throw new BadRequest('sender is required');
    if (!isText(key)) throw new BadRequest('key is required');
    if (value === undefined) throw new BadRequest('value is required');
    if (!isClock(vc) || !(vc[sender] > 0)) throw new BadRequest('vc is not a clock of its sender');
    return [202, { status: receive({ sender, key, value, vc }), vc: clock }];
  },
};

async function respond(received) {
  const url = new URL(received.url, 'http://node');
  const route = routes[`${received.method} ${url.pathname}`];
  if (route === undefined) return [404, { error: 'not found' }];
  let text = '';
  for await (const part of received.setEncoding('utf8')) text += part;
  try {
    return await route(text === '' ? undefined : JSON.parse(text), url.searchParams);
  } catch (error) {
    if (error instanceof BadRequest || error instanceof SyntaxError) return [400, { error: error.message }];
    throw error;
  }
}

restore();
createServer(async (received, response) => {
  const [status, body] = await respond(received).catch((error) => [500, { error: error.message }]);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}).listen(Number(PORT), '127.0.0.1');
for (const peer of peers) keepSending(peer);
