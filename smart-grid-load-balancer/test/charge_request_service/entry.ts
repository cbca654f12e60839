import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createHttpClient, createLogger, createRegistry } from '@gridclock/service-kit';
import supertest from 'supertest';
import { createApp } from '../../charge_request_service/app.ts';
import { BalancerClient } from '../../charge_request_service/balancer-client.ts';

type Received = { url: string | undefined; body: Record<string, unknown>; headers: IncomingHttpHeaders };

/** What a balancer does with one message: answers, or hangs up after having received it. */
export type Reaction = { status: number; body: object; headers?: Record<string, string> } | 'hang up';

const servers: Server[] = [];

/** Ends every balancer that was started. */
export function stopBalancers(): void {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
}

/** A balancer that reacts as told, and otherwise accepts. */
export async function startBalancer(...reactions: Reaction[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = text === '' ? {} : JSON.parse(text);
    received.push({ url: request.url, body, headers: request.headers });
    const reaction: Reaction = reactions.shift() ?? { status: 200, body: { status: 'accepted', ...body } };
    if (reaction === 'hang up') {
      request.socket.destroy();
      return;
    }
    response.writeHead(reaction.status, { 'content-type': 'application/json', ...reaction.headers });
    response.end(JSON.stringify(reaction.body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { received, url: `http://127.0.0.1:${port}`, server };
}

/** The public entry before that balancer. Waiting takes no time. */
export function startService(baseURL: string, patienceMs = 10_000) {
  const seen = new Set<string>();
  let now = 0;
  let ids = 0;
  const balancer = new BalancerClient({
    http: createHttpClient({ baseURL, timeoutMs: 5_000 }),
    clock: {
      now: () => now,
      after(ms, action) {
        now += ms;
        action();
        return () => {};
      },
    },
    random: () => 0.5,
    patienceMs,
  });
  const app = createApp({
    balancer,
    seen: { has: (id) => seen.has(id), add: (id) => void seen.add(id) },
    newId: () => `made-up-${++ids}`,
    logger: createLogger('test', 'silent'),
    registry: createRegistry(),
  });
  return supertest(app);
}

export const good = { vehicle_id: 'EV_1', charge_amount: 22, priority: 'high' };

/** What a balancer says that does not know whether a vehicle is charging. */
export const unknown = { status: 504, body: { error: 'Outcome unknown' } };
