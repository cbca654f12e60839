// A balancer of the contract in plain JavaScript, as a student would write it: `node balancer.mjs` is right.
// `node balancer.mjs <fault>` has one fault, at the line that asks for it by `has(...)`; `dialect` is right in another dialect.
// The judge is tried on all of them.
import { appendFileSync, existsSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import { Agent, createServer, request as send } from 'node:http';
import { join } from 'node:path';

const fault = process.argv[2];
const has = (name) => fault === name;

const { SUBSTATIONS = '', SUBSTATION_HOSTS = '', SUBSTATION_PORT } = process.env;
const { POLL_INTERVAL_MS = '1000', PORT = '8080', DATA_DIR } = process.env;
const chargePath = has('dialect') ? '/assign_substation' : '/route_charge';
const agent = new Agent({ keepAlive: true });

/** `sent`: kW sent since the last poll started. `load` is undefined while nothing usable is known. */
const members = has('dialect')
  ? SUBSTATION_HOSTS.split(',').map((host) => `${host}=http://${host}:${SUBSTATION_PORT}`)
  : SUBSTATIONS.split(',');
const substations = members.map((pair) => {
  const equals = pair.indexOf('=');
  return { id: pair.slice(0, equals), url: pair.slice(equals + 1), load: undefined, capacity: 0, sent: 0 };
});

/** request_id → { substation, answer }: who was asked, and what it answered. */
const placed = new Map();
let file;

// ---------------------------------------------------------------- polls

async function poll(substation) {
  const sentBefore = substation.sent;
  try {
    const { status, text } = await exchange(`${substation.url}/metrics`, undefined, 1_000);
    const read = (name) => {
      const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
      return value === undefined ? undefined : Number(value);
    };
    const load = read('substation_current_load');
    const max = read('substation_max_capacity');
    if (has('nan-favourite')) Object.assign(substation, { load: load || 0, capacity: max || 1e9 });
    else if (status === 200 && load >= 0 && max > 0 && Number.isFinite(load))
      Object.assign(substation, { load, capacity: max });
    else throw new Error('unusable metrics');
    substation.sent -= sentBefore;
  } catch (error) {
    if (!has('dead-favourite')) substation.load = undefined;
    if (has('never-returns') && error.code === 'ECONNREFUSED') substation.isLost = true;
  }
}

// ---------------------------------------------------------------- charges

const expected = ({ load, sent }) => load + (has('herd') ? 0 : sent);

function candidates() {
  const usable = substations.filter(({ load, isLost }) => load !== undefined && !isLost);
  return usable.sort((a, b) => expected(a) - expected(b));
}

/** Resolves to undefined if the substation certainly has not accepted. */
async function ask(substation, charge) {
  substation.sent += charge.charge_amount;
  const giveBack = () => {
    substation.sent -= charge.charge_amount;
  };
  for (let attempt = 0; ; attempt++) {
    try {
      const { status, text } = await exchange(`${substation.url}/charge`, charge, 3_000);
      if (status === 200) return [200, JSON.parse(text)];
      giveBack();
      if (status === 503 && has('503-as-500')) throw new Refused();
      if (status === 503) return undefined;
      if (status < 500) return [status, JSON.parse(text)];
      substation.load = undefined;
      return undefined;
    } catch (error) {
      if (error instanceof Refused) return [500, { error: 'Internal server error' }];
      const isRefused = error.code === 'ECONNREFUSED';
      if (isRefused) giveBack();
      if (has('dead-favourite')) return [503, { error: error.message }];
      if (isRefused || has('double-charge')) {
        substation.load = undefined;
        return undefined;
      }
      // It may have accepted: only this substation knows, so it is asked again, with the same id.
      if (attempt < 1) continue;
      substation.load = undefined;
      return [504, { error: 'Outcome unknown' }];
    }
  }
}

class Refused extends Error {}

async function place(charge) {
  const before = has('forgets-requests') ? undefined : placed.get(charge.request_id);
  if (before?.answer !== undefined) return before.answer;
  const only = before && substations.find(({ id }) => id === before.substation);
  let refusals = 0;
  for (const substation of only ? [only] : candidates()) {
    const loadBefore = expected(substation);
    remember(charge, { substation: substation.id });
    const answer = await ask(substation, charge);
    if (answer === undefined) {
      refusals += 1;
      placed.delete(charge.request_id);
      if (has('gives-up') || (has('gives-up-later') && refusals > 1)) break;
      continue;
    }
    const [status, body] = answer;
    if (status !== 200) return answer;
    const routed = { ...body, routed_by: 'load_balancer', substation_load_before: loadBefore };
    remember(charge, { substation: substation.id, answer: [200, routed] });
    return [200, routed];
  }
  if (refusals === 0) return [503, { error: 'No substation available' }];
  return [503, { error: 'Insufficient capacity' }];
}

function remember({ request_id }, record) {
  placed.set(request_id, record);
  if (file === undefined) return;
  appendFileSync(file, `${JSON.stringify([request_id, record])}\n`);
  fsyncSync(file);
}

/** Requests that come at the same time under one id wait for each other. */
const inProgress = new Map();

function placeOnce(charge) {
  const running = inProgress.get(charge.request_id) ?? place(charge);
  inProgress.set(charge.request_id, running);
  running.finally(() => inProgress.delete(charge.request_id)).catch(() => {});
  return running;
}

// ---------------------------------------------------------------- requests

class BadRequest extends Error {}

function validate(body) {
  const { vehicle_id, charge_amount, priority = 'normal', request_id = crypto.randomUUID() } = body ?? {};
  if (typeof vehicle_id !== 'string' || vehicle_id === '') throw new BadRequest('vehicle_id is required');
  if (!Number.isFinite(charge_amount) || charge_amount <= 0)
    throw new BadRequest('charge_amount must be positive');
  if (!['low', 'normal', 'high'].includes(priority)) throw new BadRequest('priority is unknown');
  return { vehicle_id, charge_amount, priority: has('drops-priority') ? 'normal' : priority, request_id };
}

function exchange(url, json, timeout) {
  const body = json && JSON.stringify(json);
  return new Promise((resolve, reject) => {
    const sent = send(url, { method: body ? 'POST' : 'GET', agent, timeout }, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (part) => {
          text += part;
        })
        .on('end', () => resolve({ status: response.statusCode, text }))
        .on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer'))).on('error', reject);
    if (body) sent.setHeader('content-type', 'application/json');
    sent.end(body);
  });
}

async function respond(received) {
  const { pathname } = new URL(received.url, 'http://balancer');
  let text = '';
  for await (const part of received.setEncoding('utf8')) text += part;
  try {
    if (pathname === '/health') return [200, { status: 'healthy' }];
    if (pathname === '/status') {
      const loads = Object.fromEntries(substations.map(({ id, load }) => [id, load ?? null]));
      return [
        200,
        { service: 'load_balancer', substation_loads: loads, timestamp: new Date().toISOString() },
      ];
    }
    if (pathname === chargePath && received.method === 'POST')
      return await placeOnce(validate(JSON.parse(text)));
    return [404, { error: 'not found' }];
  } catch (error) {
    if (error instanceof BadRequest || error instanceof SyntaxError) return [400, { error: error.message }];
    return [500, { error: error.message }];
  }
}

if (DATA_DIR !== undefined) {
  const path = join(DATA_DIR, 'placed');
  if (existsSync(path))
    for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean))
      placed.set(...JSON.parse(line));
  file = openSync(path, 'a');
}
for (const substation of substations) {
  const keepPolling = () => poll(substation).finally(() => setTimeout(keepPolling, Number(POLL_INTERVAL_MS)));
  keepPolling();
}
createServer(async (received, response) => {
  const [status, body] = await respond(received);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}).listen(Number(PORT), '127.0.0.1');
