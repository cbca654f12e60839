import { z } from 'zod';

/** A span as a collector receives it, with the process that recorded it. */
export type ReceivedSpan = {
  service: string;
  instance: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  /** 1 internal, 2 server, 3 client. */
  kind: number;
  attributes: Record<string, unknown>;
  links: string[];
  failed: boolean;
};

const valueSchema = z
  .object({
    stringValue: z.string(),
    intValue: z.coerce.number(),
    doubleValue: z.number(),
    boolValue: z.boolean(),
  })
  .partial()
  .transform(
    ({ boolValue, doubleValue, intValue, stringValue }) =>
      stringValue ?? intValue ?? doubleValue ?? boolValue,
  );

const attributesSchema = z
  .array(z.object({ key: z.string(), value: valueSchema }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, value])));

const spanSchema = z.object({
  name: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  kind: z.number(),
  attributes: attributesSchema,
  links: z.array(z.object({ spanId: z.string() })).default([]),
  status: z.object({ code: z.number().optional() }),
});

/** The body of `POST /v1/traces` in JSON. */
const requestSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: attributesSchema }),
      scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })),
    }),
  ),
});

/** Returns the spans of an export request. */
export function spansOf(body: unknown): ReceivedSpan[] {
  return requestSchema.parse(body).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ links, status, ...span }) => ({
        ...span,
        parentSpanId: span.parentSpanId || undefined,
        service: String(resource.attributes['service.name']),
        instance: String(resource.attributes['service.instance.id']),
        links: links.map(({ spanId }) => spanId),
        failed: status.code === 2,
      })),
  );
}
