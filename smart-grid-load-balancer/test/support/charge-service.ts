import type { IncomingHttpHeaders } from 'node:http';
import { createLogger, createRegistry, ServiceClient } from '@gridclock/service-kit';
import { RETRY_BUDGET, RetryBudget } from '@gridclock/service-kit/retry-budget';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { VirtualClock } from '@gridclock/simulation-kit';
import supertest from 'supertest';
import { type ChargeServiceAppOptions, createApp } from '../../charge_request_service/app.ts';
import { BalancerClient } from '../../charge_request_service/balancer-client.ts';
import { SeenRequests } from '../../charge_request_service/seen-requests.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';

type ReceivedRequest = {
  url: string | undefined;
  body: Record<string, unknown>;
  headers: IncomingHttpHeaders;
};

/** A response of the stub balancer; `hang up` closes the connection once the request is read. */
export type StubResponse = { status: number; body: object; headers?: Record<string, string> } | 'hang up';

export type StubBalancer = HttpServer & { received: ReceivedRequest[] };

const servers: HttpServer[] = [];

/** Closes all stub balancers. */
export async function closeBalancers(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.close()));
}

/** A balancer that sends the given responses in turn, and then accepts every request. */
export async function startStubBalancer(...responses: StubResponse[]): Promise<StubBalancer> {
  const received: ReceivedRequest[] = [];
  const server = await startHttpServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = text === '' ? {} : JSON.parse(text);
    received.push({ url: request.url, body, headers: request.headers });
    const next: StubResponse = responses.shift() ?? { status: 200, body: { status: 'accepted', ...body } };
    if (next === 'hang up') {
      request.socket.destroy();
      return;
    }
    response.writeHead(next.status, { 'content-type': 'application/json', ...next.headers });
    response.end(JSON.stringify(next.body));
  });
  servers.push(server);
  return { ...server, received };
}

/**
 * The charge service in front of that balancer. Its pauses take no real time.
 *
 * @param timeoutMs how long a driver waits, in virtual milliseconds
 * @param hedgeAfterMs in real milliseconds
 */
export function serveChargeService(balancerUrl: string, timeoutMs = 10_000, hedgeAfterMs = 60_000) {
  return supertest(createChargeService(balancerUrl, timeoutMs, hedgeAfterMs));
}

/** The app of that charge service. */
export function createChargeService(
  balancerUrl: string,
  timeoutMs = 10_000,
  hedgeAfterMs = 60_000,
  limits: Pick<ChargeServiceAppOptions, 'rateLimitPerS' | 'trustedProxies'> = {},
) {
  const clock = new VirtualClock();
  let ids = 0;
  let copies = 0;
  const balancer = new BalancerClient({
    http: new ServiceClient({ baseUrl: balancerUrl, timeoutMs: 5_000 }),
    scheduler: selfAdvancing(clock),
    random: () => 0.5,
    timeoutMs,
    hedgeAfterMs,
    newId: () => `copy-${++copies}`,
    retryBudget: new RetryBudget({ ...RETRY_BUDGET, now: clock.now }),
  });
  return createApp({
    balancer,
    seen: new SeenRequests(new Set()),
    newId: () => String(++ids),
    logger: createLogger('test', 'silent'),
    registry: createRegistry(),
    ...limits,
  });
}

/** Fires each timer as soon as it is set, at its own virtual time. */
function selfAdvancing(clock: VirtualClock): Scheduler {
  return {
    now: clock.now,
    after(delayMs, action) {
      const cancel = clock.after(delayMs, action);
      queueMicrotask(() => clock.runAll());
      return cancel;
    },
  };
}

/** A valid charge request whose priority is not the default. */
export const urgentCharge = { vehicle_id: 'EV_1', charge_amount: 22, priority: 'high' };

/** The response of a balancer that cannot tell whether the vehicle is charging. */
export const outcomeUnknown = { status: 504, body: { error: 'Outcome unknown' } };
