// A substation of the contract in plain JavaScript, as a student would write it: `node substation.mjs` is right, and so is `node substation.mjs slow`.
// `node substation.mjs <fault>` with another word has one fault, at the line that asks for it by `has(...)`. The judge is tried on all of them.
import { appendFileSync, existsSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const fault = process.argv[2];
const has = (name) => fault === name;

const {
  SUBSTATION_ID = 'substation',
  MAX_CAPACITY = '100',
  CHARGE_PROCESSING_TIME = '10',
  PORT = '8001',
  DATA_DIR,
} = process.env;
const capacity = has('own-capacity') ? 100 : Number(MAX_CAPACITY);
const factors = { low: 1.3, normal: 1, high: 0.7 };

/** session_id → { answer, priority, requestId, endsAt } */
const sessions = new Map();
const byRequest = new Map();
let load = 0;
let file;

// ---------------------------------------------------------------- sessions

/** One request after another, each in half a second: slow, but right. */
let turn = Promise.resolve();

function chargeInTurn(request) {
  const answer = turn
    .then(() => new Promise((resolve) => setTimeout(resolve, 450)))
    .then(() => charge(request));
  turn = answer.catch(() => {});
  return answer;
}

async function charge({ vehicle_id, charge_amount, priority = 'normal', request_id }) {
  const known = has('double-charge') ? undefined : byRequest.get(request_id);
  if (known !== undefined) return [200, known.answer];
  if (!(load + charge_amount <= capacity)) {
    if (has('503-as-500')) throw new Error('there is no room');
    const powers = { current_load: load, max_capacity: capacity, available_capacity: capacity - load };
    return [503, { error: 'Insufficient capacity', ...powers }];
  }
  if (has('overfill')) await new Promise((resolve) => setTimeout(resolve, 20));
  const seconds =
    (has('too-short') ? 0.5 : 1) *
    Number(CHARGE_PROCESSING_TIME) *
    factors[priority] *
    (0.8 + 0.4 * Math.random());
  const duration = priority === 'high' ? Math.max(5, seconds) : seconds;
  const answer = {
    status: 'accepted',
    session_id: has('same-id') ? `${SUBSTATION_ID}-1` : `${SUBSTATION_ID}-${crypto.randomUUID()}`,
    substation_id: SUBSTATION_ID,
    vehicle_id,
    charge_amount,
    estimated_duration: duration,
    start_time: new Date().toISOString(),
    current_load: load + charge_amount,
    max_capacity: capacity,
  };
  const session = { answer, priority, requestId: request_id, endsAt: Date.now() + 1_000 * duration };
  if (file !== undefined) {
    appendFileSync(file, `${JSON.stringify(session)}\n`);
    fsyncSync(file);
  }
  start(session);
  return [200, answer];
}

function start(session, isForgotten = false) {
  const { session_id, charge_amount } = session.answer;
  sessions.set(session_id, session);
  if (session.requestId !== undefined && !isForgotten) byRequest.set(session.requestId, session);
  load += charge_amount;
  const end = () => {
    if (has('keeps-load')) return;
    load -= has('whole-kw') ? Math.trunc(charge_amount) : charge_amount;
    sessions.delete(session_id);
  };
  setTimeout(end, session.endsAt - Date.now());
}

function restore() {
  if (DATA_DIR === undefined) return;
  const path = join(DATA_DIR, 'sessions');
  if (existsSync(path))
    for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
      const session = JSON.parse(line);
      if (session.endsAt > Date.now()) start(session, has('forgets'));
    }
  file = openSync(path, 'a');
}

// ---------------------------------------------------------------- requests

class BadRequest extends Error {}

function validate(body) {
  if (has('takes-anything')) return body;
  const { vehicle_id, charge_amount, priority = 'normal' } = body ?? {};
  if (typeof vehicle_id !== 'string' || vehicle_id === '') throw new BadRequest('vehicle_id is required');
  if (!Number.isFinite(charge_amount) || charge_amount <= 0)
    throw new BadRequest('charge_amount must be positive');
  if (!Object.hasOwn(factors, priority)) throw new BadRequest('priority must be low, normal or high');
  return body;
}

function metrics() {
  const shown = has('stale-metrics') ? 0 : load;
  return [
    ['substation_current_load', shown],
    ['substation_max_capacity', capacity],
    ['substation_active_sessions', sessions.size],
    ['substation_utilization_percent', (100 * shown) / capacity],
  ]
    .map(([name, value]) => `# TYPE ${name} gauge\n${name} ${value}\n`)
    .join('');
}

function status() {
  const entries = [...sessions.values()].map(({ answer, priority, endsAt }) => [
    answer.session_id,
    {
      vehicle_id: answer.vehicle_id,
      charge_amount: answer.charge_amount,
      priority,
      remaining_time: (endsAt - Date.now()) / 1_000,
    },
  ]);
  return {
    substation_id: SUBSTATION_ID,
    current_load: load,
    max_capacity: capacity,
    utilization_percent: (100 * load) / capacity,
    active_sessions: sessions.size,
    available_capacity: capacity - load,
    sessions: Object.fromEntries(entries),
    timestamp: new Date().toISOString(),
  };
}

async function respond(request) {
  const { pathname } = new URL(request.url, 'http://substation');
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  try {
    if (pathname === '/health') return [200, { status: 'healthy' }];
    if (pathname === '/metrics') return [200, metrics()];
    if (pathname === '/status') return [200, status()];
    if (pathname === '/charge' && request.method === 'POST')
      return await (has('slow') ? chargeInTurn : charge)(validate(JSON.parse(text)));
    return [404, { error: 'not found' }];
  } catch (error) {
    if (error instanceof BadRequest || error instanceof SyntaxError) return [400, { error: error.message }];
    return [500, { error: error.message }];
  }
}

restore();
createServer(async (request, response) => {
  const [code, body] = await respond(request);
  const isText = typeof body === 'string';
  response.writeHead(code, { 'content-type': isText ? 'text/plain; version=0.0.4' : 'application/json' });
  response.end(isText ? body : JSON.stringify(body));
}).listen(Number(PORT), '127.0.0.1');
