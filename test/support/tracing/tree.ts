import type { ReceivedSpan } from './otlp.ts';

/** Formats a trace: a line per span, indented below its parent, in alphabetical order where several have one parent. */
export function treeOf(spans: readonly ReceivedSpan[], traceId: string): string[] {
  const ofTrace = spans.filter((span) => span.traceId === traceId);
  const ids = new Set(ofTrace.map(({ spanId }) => spanId));
  const below = (parent: string | undefined, indent: string): string[] =>
    ofTrace
      .filter(({ parentSpanId }) => (ids.has(parentSpanId ?? '') ? parentSpanId : undefined) === parent)
      .map((span) => ({ span, line: `${indent}${processOf(span)}: ${span.name}` }))
      .sort((a, b) => a.line.localeCompare(b.line))
      .flatMap(({ line, span }) => [line, ...below(span.spanId, `${indent}  `)]);
  return below(undefined, '');
}

function processOf({ instance, service }: ReceivedSpan): string {
  return instance === 'undefined' ? service : instance;
}
