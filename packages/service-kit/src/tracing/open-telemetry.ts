import type { RequestListener } from 'node:http';
import {
  type SpanOptions as ApiSpanOptions,
  type Context,
  context,
  createContextKey,
  DiagLogLevel,
  diag,
  type Link,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { core, NodeSDK, resources } from '@opentelemetry/sdk-node';
import { onceClosed } from '../requests/response-closed.ts';
import { collectorLog } from './collector-log.ts';
import { OpenTelemetrySpan } from './open-telemetry-span.ts';
import { finishServed, isTraced, servedAttributes } from './served-request.ts';
import type { TracedProcess } from './traced-process.ts';
import type { HotPathOf, Span, SpanOptions, Tracing } from './tracing.ts';

/** 1 s: a collector responds within milliseconds, and container engines kill a service that stops for 10 s. */
const STOP_TIMEOUT_MS = 1_000;

const kinds = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT };

const spanKey = createContextKey('gridclock.span');

/** Starts OpenTelemetry's SDK with its environment variables. Only traces are exported: metrics are for Prometheus. */
export function startOpenTelemetry({ instance, logger, service }: TracedProcess): Tracing {
  diag.setLogger(
    collectorLog(logger, () => performance.now()),
    DiagLogLevel.WARN,
  );
  const sdk = new NodeSDK({
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are merged into it.
    resource: resources.defaultResource().merge(
      resources.resourceFromAttributes({
        'service.name': service,
        'service.namespace': 'gridclock',
        ...(instance === undefined ? {} : { 'service.instance.id': instance }),
      }),
    ),
    // Hot routes serve no requests with other headers, such as `baggage`.
    textMapPropagator: new core.W3CTraceContextPropagator(),
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  return new OpenTelemetryTracing(trace.getTracer('gridclock'), () => sdk.shutdown());
}

class OpenTelemetryTracing implements Tracing {
  readonly #tracer: Tracer;
  readonly #shutDown: () => Promise<void>;

  constructor(tracer: Tracer, shutDown: () => Promise<void>) {
    this.#tracer = tracer;
    this.#shutDown = shutDown;
  }

  current(): Span | undefined {
    return currentSpan();
  }

  start(name: string, options: SpanOptions = {}): OpenTelemetrySpan {
    const { kind = 'internal', parent } = options;
    const within = parent === undefined ? context.active() : contextOf(parent);
    return new OpenTelemetrySpan(this.#tracer.startSpan(name, apiOptions(options), within), kind);
  }

  record(name: string, tookMs: number, options: SpanOptions = {}): void {
    const { parent } = options;
    const within = parent === undefined ? context.active() : contextOf(parent);
    const endTime = Date.now();
    this.#tracer
      .startSpan(name, { ...apiOptions(options), startTime: endTime - tookMs }, within)
      .end(endTime);
  }

  within<Result>(span: Span, operation: () => Result): Result {
    return context.with(contextWith(context.active(), span), operation);
  }

  headersOf(span: Span): Record<string, string> {
    const headers: Record<string, string> = {};
    propagation.inject(contextWith(context.active(), span), headers);
    return headers;
  }

  serve(listener: RequestListener, hotPathOf: HotPathOf): RequestListener {
    return (request, response) => {
      if (!isTraced(request)) {
        listener(request, response);
        return;
      }
      const parent = propagation.extract(ROOT_CONTEXT, request.headers);
      const options = { kind: SpanKind.SERVER, attributes: servedAttributes(request) };
      const span = this.#tracer.startSpan(request.method ?? '', options, parent);
      const active = contextWith(parent, new OpenTelemetrySpan(span, 'internal'));
      // The events of its body come from the connection, which knows no request.
      context.bind(active, request);
      onceClosed(response, () => finishServed(span, request, response, hotPathOf));
      context.with(active, listener, undefined, request, response);
    };
  }

  logFields(): Record<string, string> {
    const span = trace.getActiveSpan();
    if (span === undefined) return {};
    const { spanId, traceId } = span.spanContext();
    return { trace_id: traceId, span_id: spanId };
  }

  async stop(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_TIMEOUT_MS);
    });
    // The SDK has logged why it failed.
    await Promise.race([this.#shutDown().catch(() => {}), timeout]);
    clearTimeout(timer);
  }
}

function currentSpan(): OpenTelemetrySpan | undefined {
  const span = context.active().getValue(spanKey);
  return span instanceof OpenTelemetrySpan ? span : undefined;
}

function contextWith(base: Context, span: Span): Context {
  return span instanceof OpenTelemetrySpan ? trace.setSpan(base.setValue(spanKey, span), span.api) : base;
}

/** @param traceparent from another service, or of a span of this one */
function contextOf(traceparent: string): Context {
  return propagation.extract(ROOT_CONTEXT, { traceparent });
}

function linksTo(contexts: readonly string[]): Link[] {
  return contexts
    .flatMap((each) => trace.getSpanContext(contextOf(each)) ?? [])
    .map((context) => ({ context }));
}

function apiOptions({ attributes = {}, kind = 'internal', links = [] }: SpanOptions): ApiSpanOptions {
  return { kind: kinds[kind], attributes, links: linksTo(links) };
}
