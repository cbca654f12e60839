import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  readCompose,
  readComposeVariables,
  readDashboard,
  readDatasources,
  readExampleEnvironment,
  readExposedPorts,
  readPrometheusConfig,
  readProviders,
} from '../support/suite-files.ts';

const grid = readCompose('smart-grid-load-balancer');
const store = readCompose('vector-clock-kv-store');
const services = { ...grid.services, ...store.services };
const prometheus = readPrometheusConfig();
const grafana = grid.services.grafana;

describe('Grafana', () => {
  const mounts = new Map(
    grafana?.volumes.map((volume) => {
      const [from = '', to = ''] = volume.split(':');
      return [to, from];
    }),
  );

  it('uses Prometheus as its default data source, with the uid in the dashboards', () => {
    const [datasource] = readDatasources();
    expect(datasource).toMatchObject({ isDefault: true, url: 'http://prometheus:9090' });
    for (const name of ['dashboard.json', 'store-dashboard.json']) {
      const [variable] = readDashboard(name).templating.list;
      expect(variable?.current).toMatchObject({ value: datasource?.uid });
    }
  });

  it('is read-only except for the administrator, whose password is a variable', () => {
    expect(grafana?.environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'true',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      GF_SECURITY_ADMIN_PASSWORD: expect.stringMatching(/^\$\{GRAFANA_ADMIN_PASSWORD:-/),
    });
  });

  it('knows the scrape interval, from which it derives $__rate_interval', () => {
    expect(readDatasources()[0]?.jsonData.timeInterval).toBe(prometheus.global.scrape_interval);
  });

  it("opens with the grid's dashboard, from the folder of its provider", () => {
    const home = String(grafana?.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH);
    expect(mounts.get(home)).toBe('./monitoring/grafana/dashboard.json');
    expect(readProviders().map(({ options }) => options.path)).toEqual([posix.dirname(home)]);
    expect([...mounts.values()]).toContain('./monitoring/grafana/store-dashboard.json');
  });
});

describe('Prometheus', () => {
  const targets = prometheus.scrape_configs.flatMap(({ job_name, static_configs, dns_sd_configs }) => [
    ...static_configs.flatMap((config) => config.targets.map((target) => ({ job: job_name, target }))),
    ...dns_sd_configs.flatMap(({ names, port }) =>
      names.map((name) => ({ job: job_name, target: `${name}:${port}` })),
    ),
  ]);

  it('scrapes every long-running service of both suites', () => {
    const hosts = targets.map(({ target }) => target.split(':')[0]).filter((host) => host !== 'localhost');
    const longRunning = Object.entries(services)
      .filter(([name, { profiles }]) => name === 'substation' || profiles.length === 0)
      .map(([name]) => name)
      .filter((name) => !['prometheus', 'grafana'].includes(name));
    expect(hosts.sort()).toEqual(longRunning.sort());
  });

  it.each(targets.filter(({ job }) => job !== 'prometheus'))(
    'scrapes $target at the port of its image',
    ({ target }) => {
      const [host = '', port = ''] = target.split(':');
      const built = Object.values(services).find(
        ({ build, image }) => build !== undefined && image === services[host]?.image,
      );
      expect(readExposedPorts().get(built?.build?.target ?? '')).toBe(port);
    },
  );

  it.each(targets.filter(({ job }) => job !== 'prometheus'))(
    'shares a network with $target',
    ({ target }) => {
      const host = target.split(':')[0] ?? '';
      const shared = services[host]?.networks.filter((network) =>
        grid.services.prometheus?.networks.includes(network),
      );
      expect(shared).not.toEqual([]);
    },
  );
});

describe('the compose files', () => {
  it('agree on what they share, so that the root file can include both', () => {
    expect(Object.keys(grid.networks)).toContain('store');
    expect(store.networks.store).toEqual(grid.networks.store);
    expect(Object.keys(grid.services).filter((name) => name in store.services)).toEqual([]);
  });

  it.each([
    ['charge_request_service', 'substation_1'],
    ['charge_request_service', 'node1'],
    ['load_balancer', 'node1'],
    ['grafana', 'load_balancer'],
    ['grafana', 'node1'],
  ])('do not connect %s to %s', (from, to) => {
    const shared = services[from]?.networks.filter((network) => services[to]?.networks.includes(network));
    expect(shared).toEqual([]);
  });

  it.each(Object.entries(services))('restrict the privileges of %s', (_name, service) => {
    expect(service).toMatchObject({ init: true, read_only: true });
    expect(service.mem_limit).toMatch(/^\d+m$/);
    for (const port of service.ports) expect(port).toMatch(/^\$\{BIND_ADDRESS:-127\.0\.0\.1\}:/);
  });

  it('have exactly the variables and defaults of .env.example', () => {
    const variables = [
      ...readComposeVariables('smart-grid-load-balancer'),
      ...readComposeVariables('vector-clock-kv-store'),
    ];
    expect(Object.fromEntries(readExampleEnvironment())).toEqual(Object.fromEntries(variables));
  });
});
