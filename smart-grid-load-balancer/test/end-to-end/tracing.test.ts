import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort, type LocalService } from '@gridclock/local-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Collector, startCollector } from '../../../test/support/tracing/collector.ts';
import type { ReceivedSpan } from '../../../test/support/tracing/otlp.ts';
import { treeOf } from '../../../test/support/tracing/tree.ts';
import {
  endlessSessions,
  startBalancer,
  startChargeService,
  startService,
  startSubstation,
  stopAll,
} from '../support/grid.ts';
import { send } from '../support/http.ts';

const charge = { vehicle_id: 'EV_1', charge_amount: 1, priority: 'normal' };
const logsModules = `--import ${fileURLToPath(new URL('../../../test/support/tracing/log-modules.mjs', import.meta.url))}`;

let collector: Collector;
let substations: LocalService[] = [];
let balancer: LocalService;
let entry: LocalService;
const lines: string[] = [];

beforeAll(async () => {
  collector = await startCollector();
  const { environment } = collector;
  substations = await Promise.all(
    (['substation_1', 'substation_2'] as const).map((name) =>
      startSubstation(name, { ...endlessSessions, ...environment }),
    ),
  );
  // The only poll must find them.
  await Promise.all(substations.map((substation) => substation.ready()));
  balancer = await startBalancer(
    substations,
    // Polled once, so that the balancer does not learn that a substation is full.
    { ...environment, ROUTING_POLICY: 'round-robin', POLL_INTERVAL_MS: '60000', LOG_LEVEL: 'debug' },
    undefined,
    (line) => lines.push(line),
  );
  entry = await startChargeService(balancer, environment);
  await Promise.all([...substations, balancer, entry].map((service) => service.ready()));
});

afterAll(async () => {
  await stopAll([...substations, balancer, entry]);
  await collector.stop();
});

/** Sends a charge and resolves to the spans of its trace, once all services have sent theirs. */
async function traced(traceId: string, body: object): Promise<ReceivedSpan[]> {
  const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
  await send('POST', `${entry.url}/charge`, body, { traceparent });
  const spans = () => collector.spans.filter((span) => span.traceId === traceId);
  // A process sends its spans in the order in which they end.
  const isComplete = () => {
    const isServed = new Set(spans().map(({ kind, parentSpanId }) => kind === 2 && parentSpanId));
    const messages = spans().filter(({ kind }) => kind === 3);
    const isPlaced = spans().some(({ name }) => name === 'POST /route_charge');
    return (
      isServed.has('00f067aa0ba902b7') && isPlaced && messages.every(({ spanId }) => isServed.has(spanId))
    );
  };
  await expect.poll(isComplete).toBe(true);
  return spans();
}

const traceIdOf = (number: number) => number.toString(16).padStart(32, 'a');

describe('a traced charge', () => {
  it.each([1, 2, 3])('is one trace from the entry to the substation, request %i', async (number) => {
    const spans = await traced(traceIdOf(number), charge);
    const { 'gridclock.substation.id': id } =
      spans.find(({ name }) => name === 'POST /route_charge')?.attributes ?? {};
    expect(treeOf(spans, traceIdOf(number))).toEqual([
      'charge_request_service: POST /charge',
      '  charge_request_service: POST',
      '    load_balancer: POST /route_charge',
      `      load_balancer: charge ${id}`,
      `        ${id}: POST /charge`,
    ]);
    expect(spans.find(({ kind, instance }) => kind === 2 && instance === id)?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/charge',
      'url.path': '/charge',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
    });
  });

  it('has one span for each substation it was sent to, with the outcome', async () => {
    const full = substations[0];
    await send('POST', `${full?.url}/charge`, { ...charge, charge_amount: 76 });
    const both = [
      ...(await traced(traceIdOf(4), { ...charge, charge_amount: 5 })),
      ...(await traced(traceIdOf(5), { ...charge, charge_amount: 5 })),
    ];
    const messages = both.filter(({ name }) => name.startsWith('charge substation'));
    const refused = messages.find(({ attributes }) => attributes['gridclock.outcome'] === 'full');
    const siblings = messages.filter(({ parentSpanId }) => parentSpanId === refused?.parentSpanId);
    expect(siblings.map(({ attributes }) => attributes)).toEqual([
      expect.objectContaining({
        'gridclock.substation.id': 'substation_1',
        'gridclock.dispatch.message': 1,
        'gridclock.outcome': 'full',
        'http.response.status_code': 503,
      }),
      expect.objectContaining({
        'gridclock.substation.id': 'substation_2',
        'gridclock.dispatch.message': 2,
        'gridclock.outcome': 'accepted',
        'http.response.status_code': 200,
      }),
    ]);
    const placed = both.find(({ spanId }) => spanId === refused?.parentSpanId);
    expect(placed?.attributes).toMatchObject({ 'gridclock.hops': 2, 'gridclock.placement': 'accepted' });
  });

  it('is named by the log lines about it', () => {
    const logged = lines.filter((line) => line.includes('"path":"/route_charge"'));
    expect(logged.filter((line) => line.includes(`"trace_id":"${traceIdOf(1)}","span_id":"`))).toHaveLength(
      1,
    );
    expect(lines.filter((line) => line.includes('"listening"')).join()).not.toContain('trace_id');
  });

  it('is not recorded if the client does not sample it', async () => {
    const traceparent = `00-${traceIdOf(9)}-00f067aa0ba902b7-00`;
    await send('POST', `${entry.url}/charge`, charge, { traceparent });
    await traced(traceIdOf(10), charge);
    expect(treeOf(collector.spans, traceIdOf(9))).toEqual([]);
  });

  it('leaves out polls, probes and scrapes', () => {
    expect(
      collector.spans.filter(({ attributes }) =>
        /^\/(metrics|ready|health)/.test(String(attributes['url.path'])),
      ),
    ).toEqual([]);
  });
});

describe('a service whose collector', () => {
  it.each([
    ['accepts connections and is silent', true],
    ['is down', false],
  ])('%s serves, says so once, and stops', async (_, accepts) => {
    const silent = createTcpServer((socket) => socket.on('error', () => {}));
    const port = await freePort();
    if (accepts) await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
    const printed: string[] = [];
    const service = await startService(
      'substation_service',
      'substation_1',
      {
        SUBSTATION_ID: 's1',
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_EXPORTER_OTLP_TIMEOUT: '300',
        OTEL_BSP_SCHEDULE_DELAY: '50',
        OTEL_BSP_EXPORT_TIMEOUT: '300',
        OTEL_BSP_MAX_QUEUE_SIZE: '100',
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '50',
      },
      undefined,
      (line) => printed.push(line),
    );
    await service.ready();
    const lost = () => printed.filter((line) => line.includes('tracing: spans are lost'));
    for (let sent = 0; sent < 300; sent++)
      expect((await send('POST', `${service.url}/charge`, { ...charge, charge_amount: 0.01 })).status).toBe(
        200,
      );
    await expect.poll(lost).toHaveLength(1);
    await service.stop();
    // Not killed, as services are that take 5 s.
    expect(await service.exited).toEqual({ exitCode: 0, signal: undefined });
    expect(lost()).toHaveLength(1);
    silent.close();
  });
});

describe('a service without tracing', () => {
  it('neither loads OpenTelemetry nor adds a header', async () => {
    const received: IncomingHttpHeaders[] = [];
    const server = createServer(({ headers }, response) => {
      received.push(headers);
      response.end('{}');
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const loaded: string[] = [];
    const traceparent = `00-${traceIdOf(6)}-00f067aa0ba902b7-01`;
    const start = async (environment: Record<string, string>) => {
      loaded.length = 0;
      const variables = {
        LOAD_BALANCER_URL: `http://127.0.0.1:${port}`,
        NODE_OPTIONS: logsModules,
        ...environment,
      };
      const service = await startChargeService(
        { url: `http://127.0.0.1:${port}` },
        variables,
        undefined,
        (line) => loaded.push(line),
      );
      await service.ready();
      for (const _ of [1, 2]) await send('POST', `${service.url}/charge`, charge, { traceparent });
      await service.stop();
      return loaded.filter((line) => line.startsWith('loaded ') && line.includes('open-telemetry'));
    };
    try {
      expect(await start({})).toEqual([]);
      expect(loaded.length).toBeGreaterThan(1);
      expect(
        received.filter((headers) => headers.traceparent !== undefined || headers.tracestate !== undefined),
      ).toEqual([]);
      expect(await start(collector.environment)).not.toEqual([]);
      expect(received.at(-1)?.traceparent).toContain(traceIdOf(6));
    } finally {
      server.close();
    }
  });
});
