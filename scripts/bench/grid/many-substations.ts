import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { substationMetrics as names } from '@gridclock/grid-protocol';

/**
 * Plays COUNT substations, each on a port of its own, for a measurement of the balancer. They are never full, check
 * nothing and remember nothing. On PORT, `GET /ports` lists their ports, and `GET /polls` returns how often all of them
 * have been polled.
 */
const page = [
  [names.currentLoad, 10],
  [names.maxCapacity, 1_000_000],
  [names.highPriorityReserve, 0],
  [names.draining, 0],
]
  .map(([name, value]) => `${name} ${value}\n`)
  .join('');

let polls = 0;
let sessions = 0;

const substation =
  (id: string): RequestListener =>
  async (request, response) => {
    if (request.method === 'GET') {
      polls += 1;
      response.end(page);
      return;
    }
    let text = '';
    for await (const chunk of request) text += chunk;
    const { charge_amount, request_id, vehicle_id } = JSON.parse(text);
    sessions += 1;
    const accepted = {
      status: 'accepted',
      session_id: `${id}-${sessions}`,
      substation_id: id,
      vehicle_id,
      charge_amount,
      estimated_duration: 1.123,
      start_time: new Date().toISOString(),
      current_load: 10,
      max_capacity: 1_000_000,
      request_id,
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(accepted));
  };

async function listen(listener: RequestListener, port: number): Promise<number> {
  // The balancer keeps its connections for a minute.
  const server = createServer({ keepAliveTimeout: 120_000 }, listener);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  // Safe: the address of a TCP server.
  return (server.address() as AddressInfo).port;
}

const ports: number[] = [];
for (let index = 0; index < Number(process.env.COUNT); index++)
  ports.push(await listen(substation(`s${index}`), 0));
await listen((request, response) => {
  response.end(JSON.stringify(request.url === '/ports' ? ports : polls));
}, Number(process.env.PORT));
