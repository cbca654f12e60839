// A public entry of the contract in plain JavaScript, as a student would write it: `node entry.mjs` is right.
// `node entry.mjs <fault>` has one fault, at the line that asks for it by `has(...)`. The judge is tried on all of them.
import { createServer } from 'node:http';

const fault = process.argv[2];
const has = (name) => fault === name;

const { LOAD_BALANCER_URL = 'http://localhost:8080', PORT = '8000' } = process.env;
const priorities = ['low', 'normal', 'high'];

class BadRequest extends Error {}

function validate(body) {
  const { vehicle_id, charge_amount, priority = 'normal', request_id } = body ?? {};
  if (typeof vehicle_id !== 'string' || vehicle_id === '') throw new BadRequest('vehicle_id is required');
  if (!Number.isFinite(charge_amount) || charge_amount <= 0)
    throw new BadRequest('charge_amount must be positive');
  if (!priorities.includes(priority)) throw new BadRequest('priority must be low, normal or high');
  // With an id, the balancer recognises the request if it comes again.
  const id = has('drops-id') ? undefined : request_id;
  const amount = has('whole-kw') ? Math.round(charge_amount) : charge_amount;
  return { vehicle_id, charge_amount: amount, priority, request_id: id ?? crypto.randomUUID() };
}

async function charge(request) {
  for (let attempt = 0; attempt < 2; attempt++) {
    const sent = has('double-charge') ? { ...request, request_id: crypto.randomUUID() } : request;
    try {
      const response = await fetch(`${LOAD_BALANCER_URL}/route_charge`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(sent),
        signal: AbortSignal.timeout(10_000),
      });
      const body = await response.json();
      if (!response.ok && has('503-as-500')) return [500, { error: 'Internal server error' }];
      return [response.status, body];
    } catch {
      // It may have arrived: the same id makes the repetition harmless.
    }
  }
  return [503, { error: 'Load balancer unavailable' }];
}

async function respond(received) {
  const { pathname } = new URL(received.url, 'http://entry');
  let text = '';
  for await (const part of received.setEncoding('utf8')) text += part;
  try {
    if (pathname === '/health') return [200, { status: 'healthy' }];
    if (pathname === '/charge' && received.method === 'POST') return await charge(validate(JSON.parse(text)));
    return [404, { error: 'not found' }];
  } catch (error) {
    if (error instanceof BadRequest || error instanceof SyntaxError) return [400, { error: error.message }];
    return [500, { error: error.message }];
  }
}

createServer(async (received, response) => {
  const [status, body] = await respond(received);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}).listen(Number(PORT), '127.0.0.1');
