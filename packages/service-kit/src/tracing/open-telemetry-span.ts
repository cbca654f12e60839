import { type Span as ApiSpan, isSpanContextValid, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { Span, SpanAttributes } from './tracing.ts';

/** A span of OpenTelemetry. */
export class OpenTelemetrySpan implements Span {
  readonly api: ApiSpan;
  readonly kind: Span['kind'];

  constructor(api: ApiSpan, kind: Span['kind']) {
    this.api = api;
    this.kind = kind;
  }

  get sampledContext(): string | undefined {
    const context = this.api.spanContext();
    const { spanId, traceFlags, traceId } = context;
    if ((traceFlags & TraceFlags.SAMPLED) === 0 || !isSpanContextValid(context)) return undefined;
    return `00-${traceId}-${spanId}-01`;
  }

  set(attributes: SpanAttributes): void {
    this.api.setAttributes(attributes);
  }

  addEvent(name: string, attributes?: SpanAttributes): void {
    this.api.addEvent(name, attributes);
  }

  end(failure?: string): void {
    if (failure !== undefined) this.api.setStatus({ code: SpanStatusCode.ERROR, message: failure });
    this.api.end();
  }
}
