import { z } from 'zod';
import { booleanVariable, httpUrlVariable, numberVariable } from '../process/environment.ts';

const protocols = ['http/protobuf', 'http/json', 'grpc'] as const;

const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/**
 * The variables of OpenTelemetry that services check. The SDK reads these itself, and all others: those of the exporter
 * (`OTEL_EXPORTER_OTLP_*`), of the queue of spans (`OTEL_BSP_*`) and of their limits (`OTEL_SPAN_*`).
 */
export const tracingVariables = {
  /** The collector. Tracing is on if this or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set. */
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrlVariable().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrlVariable().optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.enum(protocols).optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: z.enum(protocols).optional(),
  /** By default the name of the service. */
  OTEL_SERVICE_NAME: z.string().optional(),
  /** By default `parentbased_always_on`: all traces, except those that the caller does not sample. */
  OTEL_TRACES_SAMPLER: z.enum(samplers).optional(),
  /** The share of traces that `traceidratio` samples, 0 to 1. */
  OTEL_TRACES_SAMPLER_ARG: numberVariable({ min: 0, max: 1 }).optional(),
  /** `none` turns tracing off. */
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none']).optional(),
  /** `true` turns tracing off. */
  OTEL_SDK_DISABLED: booleanVariable().optional(),
};

type TracingVariables = z.output<z.ZodObject<typeof tracingVariables>>;

/** Reports whether a service records traces. */
export function isTracingOn(variables: TracingVariables): boolean {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ofTraces } = variables;
  if (variables.OTEL_SDK_DISABLED || variables.OTEL_TRACES_EXPORTER === 'none') return false;
  return endpoint !== undefined || ofTraces !== undefined;
}
