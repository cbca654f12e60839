import { readdirSync, readFileSync } from 'node:fs';
import { createLogger, createRegistry, createServiceApp } from '@gridclock/service-kit';
import { Router } from 'express';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readPrometheusConfig } from '../../../smart-grid-load-balancer/test/support/suite-files.ts';
import { ruleManifestFolder, ruleManifests } from '../rules/rule-manifests.ts';
import { MANIFESTS, readFolder, readKustomization } from './read-manifests.ts';
import { servicesOf } from './workloads.ts';

const configuration = new URL(
  '../../../smart-grid-load-balancer/monitoring/prometheus/prometheus.yml',
  import.meta.url,
);
const component = `${MANIFESTS}/components/monitoring`;
const prometheus = readPrometheusConfig();
const services = servicesOf(readFolder(`${MANIFESTS}/base`));

const monitor = z
  .object({
    spec: z.object({
      jobLabel: z.string(),
      selector: z.strictObject({
        matchExpressions: z.tuple([z.strictObject({ key: z.string(), operator: z.literal('Exists') })]),
      }),
      endpoints: z.tuple([
        z.object({
          port: z.string(),
          path: z.string(),
          interval: z.string(),
          scrapeTimeout: z.string(),
          relabelings: z.array(z.object({ sourceLabels: z.array(z.string()), targetLabel: z.string() })),
        }),
      ]),
    }),
  })
  .parse(readFolder(component).find(({ kind }) => kind === 'ServiceMonitor')).spec;

describe('the ServiceMonitor', () => {
  const [{ key }] = monitor.selector.matchExpressions;
  const [endpoint] = monitor.endpoints;
  const watched = services.filter(({ metadata }) => key in metadata.labels);

  it("finds one service for each job of Prometheus' configuration, at the same port", () => {
    const found = watched.map(({ metadata, spec }) => [
      metadata.labels[monitor.jobLabel],
      spec.ports.filter(({ name }) => name === endpoint.port).map(({ port }) => port),
    ]);
    const jobs = prometheus.scrape_configs.filter(({ job_name }) => job_name !== 'prometheus');
    const configured = jobs.map(({ job_name, static_configs, dns_sd_configs }) => [
      job_name,
      [
        ...new Set([
          ...static_configs.flatMap(({ targets }) => targets.map((target) => Number(target.split(':')[1]))),
          ...dns_sd_configs.map(({ port }) => port),
        ]),
      ],
    ]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(configured));
    expect(found).toHaveLength(configured.length);
  });

  it('scrapes as often as that configuration', () => {
    const { global } = z
      .object({ global: z.object({ scrape_interval: z.string(), scrape_timeout: z.string() }) })
      .parse(parse(readFileSync(configuration, 'utf8')));
    expect(endpoint).toMatchObject({
      interval: global.scrape_interval,
      scrapeTimeout: global.scrape_timeout,
    });
  });

  it('calls every pod by its own name', () => {
    expect(endpoint.relabelings).toEqual([
      { sourceLabels: ['__meta_kubernetes_pod_name'], targetLabel: 'instance' },
    ]);
  });

  it('asks a route that every service has', async () => {
    const service = 'scraped';
    const logger = createLogger(service, 'silent', 'json');
    const app = createServiceApp({ service, logger, registry: createRegistry(), routes: Router() });
    await supertest(app).get(endpoint.path).expect(200);
  });
});

describe('the rules', () => {
  const expected = ruleManifests();

  it.each([...expected])('in %s match those of Prometheus (npm run rules writes them)', (file, text) => {
    expect(readFileSync(new URL(file, ruleManifestFolder), 'utf8')).toBe(text);
  });

  it('are all there, and all listed', () => {
    const files = [...expected.keys()].sort();
    expect(readdirSync(ruleManifestFolder).sort()).toEqual(files);
    const listed = readKustomization(component).resources.filter((path) => path.startsWith('rules/'));
    expect(listed.sort()).toEqual(files.map((file) => `rules/${file}`));
  });
});
