import { readdirSync, readFileSync } from 'node:fs';
import { createLogger, createRegistry, createRouter, createServiceApp } from '@gridclock/service-kit';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ruleManifestFolder, ruleManifests } from '../../kubernetes/rules/rule-manifests.ts';
import { MANIFESTS, readFolder, readKustomization } from '../support/manifests.ts';
import { composePrometheus, readPrometheus } from '../support/prometheus-config.ts';
import { servicesOf } from '../support/workloads.ts';

const component = `${MANIFESTS}/components/monitoring`;
const prometheus = readPrometheus(composePrometheus);
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

  it("selects one Service per job of Prometheus' config, at the same port", () => {
    const found = watched.map(({ metadata, spec }) => [
      metadata.labels[monitor.jobLabel],
      spec.ports.filter(({ name }) => name === endpoint.port).map(({ port }) => port),
    ]);
    const jobs = prometheus.scrape_configs.filter(({ job_name }) => job_name !== 'prometheus');
    const inConfig = jobs.map(({ job_name, static_configs, dns_sd_configs }) => [
      job_name,
      [
        ...new Set([
          ...static_configs.flatMap(({ targets }) => targets.map((target) => Number(target.split(':')[1]))),
          ...dns_sd_configs.map(({ port }) => port),
        ]),
      ],
    ]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(inConfig));
    expect(found).toHaveLength(inConfig.length);
  });

  it('scrapes at the interval of that config', () => {
    const { global } = prometheus;
    expect(endpoint).toMatchObject({
      interval: global.scrape_interval,
      scrapeTimeout: global.scrape_timeout,
    });
  });

  it('labels every pod with its name', () => {
    expect(endpoint.relabelings).toEqual([
      { sourceLabels: ['__meta_kubernetes_pod_name'], targetLabel: 'instance' },
    ]);
  });

  it('scrapes a route that every service serves', async () => {
    const service = 'scraped';
    const logger = createLogger(service, 'silent', 'json');
    const app = createServiceApp({ service, logger, registry: createRegistry(), routes: createRouter() });
    await supertest(app).get(endpoint.path).expect(200);
  });
});

describe('the rule manifests', () => {
  const expected = ruleManifests();

  it.each([...expected])('%s matches the rules of Prometheus (npm run rules writes it)', (file, text) => {
    expect(readFileSync(new URL(file, ruleManifestFolder), 'utf8')).toBe(text);
  });

  it('exist and are listed in the kustomization', () => {
    const files = [...expected.keys()].sort();
    expect(readdirSync(ruleManifestFolder).sort()).toEqual(files);
    const listed = readKustomization(component).resources.filter((path) => path.startsWith('rules/'));
    expect(listed.sort()).toEqual(files.map((file) => `rules/${file}`));
  });
});
