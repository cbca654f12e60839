import type { RequestListener } from 'node:http';

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** One operation of a trace. */
export interface Span {
  /** A `client` span is one request to another service: the HTTP client completes it and adds no other. */
  readonly kind: 'internal' | 'client';
  /** Its place in the trace, as a `traceparent` (W3C Trace Context); undefined if the trace is not sampled. */
  readonly sampledContext: string | undefined;
  set(attributes: SpanAttributes): void;
  addEvent(name: string, attributes?: SpanAttributes): void;
  /** @param failure why the operation failed */
  end(failure?: string): void;
}

export type SpanOptions = {
  kind?: Span['kind'];
  /** The `traceparent` of its parent: by default, that of the span in progress. */
  parent?: string | undefined;
  /** The `traceparent` of further spans that caused it. */
  links?: readonly string[];
  attributes?: SpanAttributes;
};

/**
 * Records which service did what for a request, and for how long.
 *
 * Where tracing is off there is no object of this type: services pass undefined, and no request costs anything.
 */
export interface Tracing {
  /** The span of the operation in progress, which follows the code through promises and timers. */
  current(): Span | undefined;
  start(name: string, options?: SpanOptions): Span;
  /** Records an operation that has just ended. */
  record(name: string, tookMs: number, options?: SpanOptions): void;
  /** Runs an operation with a span in progress. */
  within<Result>(span: Span, operation: () => Result): Result;
  /** Returns the headers that continue the trace of a span at another service. */
  headersOf(span: Span): Record<string, string>;
  /**
   * Returns a listener that serves each request in a span, except probes, scrapes, heartbeats and pages.
   *
   * @param hotPathOf returns the path of the hot route for a request; undefined if it has none
   */
  serve(listener: RequestListener, hotPathOf: HotPathOf): RequestListener;
  /** The ids of the span in progress, for log lines. */
  logFields(): Record<string, string>;
  /** Sends the spans that have ended. Resolves at the latest after a second; then the remaining ones are lost. */
  stop(): Promise<void>;
}

export type HotPathOf = (request: Parameters<RequestListener>[0]) => string | undefined;
