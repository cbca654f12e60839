import { json } from 'node:stream/consumers';
import { listen } from '@gridclock/service-kit';
import { type ReceivedSpan, spansOf } from './otlp.ts';

/** A collector that keeps the spans it receives. */
export type Collector = {
  /** Lets a service send its spans here. */
  environment: Record<string, string>;
  spans: ReceivedSpan[];
  stop: () => Promise<void>;
};

/** Starts a collector on a free port. */
export async function startCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const running = await listen(
    async (request, response) => {
      spans.push(...spansOf(await json(request)));
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    },
    0,
    '127.0.0.1',
  );
  const address = running.address();
  if (address === null || typeof address === 'string') throw new Error('the collector has no port');
  return {
    spans,
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${address.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      // ms, so that tests need not wait for 5 s.
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
    stop: () =>
      new Promise((resolve) => {
        running.close(() => resolve());
        running.closeAllConnections();
      }),
  };
}
