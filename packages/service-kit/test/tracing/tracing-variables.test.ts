import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readEnvironment } from '../../src/process/environment.ts';
import { isTracingOn, tracingVariables } from '../../src/tracing/tracing-variables.ts';

const read = (environment: Record<string, string>) =>
  readEnvironment(z.object(tracingVariables), environment);

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

describe('the variables of tracing', () => {
  it('turn it on with an endpoint, and off with either of two others', () => {
    expect(isTracingOn(read({}))).toBe(false);
    expect(isTracingOn(read(endpoint))).toBe(true);
    expect(isTracingOn(read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }))).toBe(
      true,
    );
    expect(isTracingOn(read({ ...endpoint, OTEL_SDK_DISABLED: 'true' }))).toBe(false);
    expect(isTracingOn(read({ ...endpoint, OTEL_TRACES_EXPORTER: 'none' }))).toBe(false);
    expect(isTracingOn(read({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }))).toBe(false);
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http'],
    ['OTEL_TRACES_SAMPLER', 'always'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
    ['OTEL_TRACES_EXPORTER', 'zipkin'],
    ['OTEL_SDK_DISABLED', 'maybe'],
  ])('name %s when it is %s', (name, value) => {
    expect(() => read({ ...endpoint, [name]: value })).toThrow(`${name} must be`);
  });
});
