import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string().optional(),
      environment: z.record(z.string(), z.unknown()).default({}),
      networks: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
    }),
  ),
  networks: z.record(z.string(), z.unknown()).default({}),
});

const text = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const compose = (file: string) => composeSchema.parse(parse(text(file), { merge: true }));
const root = compose('docker-compose.tracing.yml');

/** The programs that serve requests of a trace. */
const traced = /\/(vector-clock-kv-store|substation_service|load_balancer|charge_request_service):/;

describe.each(['vector-clock-kv-store', 'smart-grid-load-balancer'])(
  'docker-compose.tracing.yml of %s',
  (suite) => {
    const base = compose(`${suite}/docker-compose.yml`);
    const overlay = compose(`${suite}/docker-compose.tracing.yml`);

    it('lets every service of a trace reach the collector', () => {
      const services = Object.entries(base.services).filter(([, { image = '' }]) => traced.test(image));
      expect(Object.keys(overlay.services).sort()).toEqual(services.map(([name]) => name).sort());
      for (const { environment, networks } of Object.values(overlay.services)) {
        expect(environment.OTEL_EXPORTER_OTLP_ENDPOINT).toContain('http://otel_collector:4318');
        expect(networks).toEqual(['tracing']);
      }
      expect(overlay.networks.tracing).toEqual(root.networks.tracing);
    });
  },
);

describe('the collector', () => {
  it('receives what services send, and passes it on to Jaeger', () => {
    const config: unknown = parse(text('deploy/tracing/collector.yaml'));
    expect(config).toMatchObject({
      receivers: { otlp: { protocols: { http: { endpoint: '0.0.0.0:4318' } } } },
      exporters: { 'otlp_http/jaeger': { endpoint: 'http://jaeger:4318' } },
      service: { pipelines: { traces: { receivers: ['otlp'], exporters: ['otlp_http/jaeger'] } } },
    });
    expect(Object.keys(root.services)).toEqual(expect.arrayContaining(['otel_collector', 'jaeger']));
  });

  it('and Jaeger have an exact version', () => {
    for (const name of ['otel_collector', 'jaeger'])
      expect(root.services[name]?.image).toMatch(/:\d+\.\d+\.\d+$/);
  });
});
