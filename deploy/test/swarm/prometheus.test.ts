import { describe, expect, it } from 'vitest';
import { composePrometheus, readPrometheus } from '../support/prometheus-config.ts';
import { readStack, stackFolder } from '../support/stack-files.ts';

const inStack = readPrometheus(`${stackFolder}/prometheus.yml`);
const inCompose = readPrometheus(composePrometheus);
const { services } = readStack();

type Scrape = (typeof inStack)['scrape_configs'][number];

const portsOf = ({ static_configs, dns_sd_configs }: Scrape) => [
  ...new Set([
    ...static_configs.flatMap(({ targets }) => targets.map((target) => Number(target.split(':')[1]))),
    ...dns_sd_configs.map(({ port }) => port),
  ]),
];
const targets = inStack.scrape_configs.flatMap(({ static_configs, dns_sd_configs }) => [
  ...static_configs.flatMap(({ targets }) => targets.map((target) => target.split(':')[0] ?? '')),
  ...dns_sd_configs.flatMap(({ names }) => names),
]);

describe("the stack's Prometheus", () => {
  it('has the same intervals, rules and jobs as Compose', () => {
    expect(inStack.global).toEqual(inCompose.global);
    expect(inStack.rule_files).toEqual(inCompose.rule_files);
    const jobs = (file: typeof inStack) =>
      file.scrape_configs.map((scrape) => [scrape.job_name, portsOf(scrape)]);
    expect(jobs(inStack)).toEqual(jobs(inCompose));
  });

  it('scrapes the tasks of every service that exposes metrics', () => {
    const scraped = Object.keys(services).filter((name) => !['prometheus', 'grafana'].includes(name));
    expect(targets.filter((target) => target !== 'localhost').sort()).toEqual(
      scraped.map((name) => `tasks.${name}`).sort(),
    );
  });

  it('shares a network with each target', () => {
    for (const target of targets.filter((name) => name !== 'localhost')) {
      const networks = services[target.replace('tasks.', '')]?.networks ?? [];
      expect(
        networks.some((network) => services.prometheus?.networks.includes(network)),
        target,
      ).toBe(true);
    }
  });

  it('labels single-task services with their Compose names', () => {
    for (const { relabel_configs, static_configs } of inStack.scrape_configs) {
      const [{ regex = '', target_label } = { target_label: '' }] = relabel_configs;
      expect(target_label).toBe('instance');
      for (const target of static_configs.flatMap(({ targets }) => targets)) {
        // Prometheus anchors its patterns.
        const [, instance] = new RegExp(`^(?:${regex})$`).exec(target) ?? [];
        expect(instance).toBe(target.replace('tasks.', '').split(':')[0]);
      }
    }
  });

  it('discovers replicated services by DNS and lists single-task services', () => {
    const lookedUp = inStack.scrape_configs.filter(({ dns_sd_configs }) => dns_sd_configs.length > 0);
    const scaled = Object.entries(services).filter(
      ([name, { deploy }]) => name !== 'grafana' && deploy.replicas !== 1,
    );
    expect(lookedUp.map(({ job_name }) => job_name).sort()).toEqual(scaled.map(([name]) => name).sort());
  });
});
