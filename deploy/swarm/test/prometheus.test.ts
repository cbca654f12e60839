import { describe, expect, it } from 'vitest';
import { readPrometheus, readStack, stackFolder } from './files.ts';

const ours = readPrometheus(`${stackFolder}/prometheus.yml`);
const composes = readPrometheus('smart-grid-load-balancer/monitoring/prometheus/prometheus.yml');
const { services } = readStack();

type Scrape = (typeof ours)['scrape_configs'][number];

const portsOf = ({ static_configs, dns_sd_configs }: Scrape) => [
  ...new Set([
    ...static_configs.flatMap(({ targets }) => targets.map((target) => Number(target.split(':')[1]))),
    ...dns_sd_configs.map(({ port }) => port),
  ]),
];
const targets = ours.scrape_configs.flatMap(({ static_configs, dns_sd_configs }) => [
  ...static_configs.flatMap(({ targets }) => targets.map((target) => target.split(':')[0] ?? '')),
  ...dns_sd_configs.flatMap(({ names }) => names),
]);

describe("the stack's Prometheus", () => {
  it("has Compose's intervals, rules and jobs", () => {
    expect(ours.global).toEqual(composes.global);
    expect(ours.rule_files).toEqual(composes.rule_files);
    const jobs = (file: typeof ours) =>
      file.scrape_configs.map((scrape) => [scrape.job_name, portsOf(scrape)]);
    expect(jobs(ours)).toEqual(jobs(composes));
  });

  it('scrapes every service that exposes metrics, by the addresses of its tasks', () => {
    const scraped = Object.keys(services).filter((name) => !['prometheus', 'grafana'].includes(name));
    expect(targets.filter((target) => target !== 'localhost').sort()).toEqual(
      scraped.map((name) => `tasks.${name}`).sort(),
    );
  });

  it('shares a network with each of them', () => {
    for (const target of targets.filter((name) => name !== 'localhost')) {
      const networks = services[target.replace('tasks.', '')]?.networks ?? [];
      expect(
        networks.some((network) => services.prometheus?.networks.includes(network)),
        target,
      ).toBe(true);
    }
  });

  it('calls services of one task by the names that they have in Compose', () => {
    for (const { relabel_configs, static_configs } of ours.scrape_configs) {
      const [{ regex = '', target_label } = { target_label: '' }] = relabel_configs;
      expect(target_label).toBe('instance');
      for (const target of static_configs.flatMap(({ targets }) => targets)) {
        // Prometheus anchors its patterns.
        const [, instance] = new RegExp(`^(?:${regex})$`).exec(target) ?? [];
        expect(instance).toBe(target.replace('tasks.', '').split(':')[0]);
      }
    }
  });

  it('looks up what has replicas, and misses what has one task when that is gone', () => {
    const lookedUp = ours.scrape_configs.filter(({ dns_sd_configs }) => dns_sd_configs.length > 0);
    const scaled = Object.entries(services).filter(
      ([name, { deploy }]) => name !== 'grafana' && deploy.replicas !== 1,
    );
    expect(lookedUp.map(({ job_name }) => job_name).sort()).toEqual(scaled.map(([name]) => name).sort());
  });
});
