import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Dashboard, dashboardSchema } from '../../monitoring/dashboard.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

const monitoring = 'smart-grid-load-balancer/monitoring';

export const readDashboardText = (name: string): string => read(`${monitoring}/grafana/${name}`);

export const readDashboard = (name: string): Dashboard =>
  dashboardSchema.parse(JSON.parse(readDashboardText(name)));

export const readDatasources = () =>
  z
    .object({
      datasources: z.array(
        z.object({
          uid: z.string(),
          url: z.string(),
          isDefault: z.boolean(),
          jsonData: z.object({ timeInterval: z.string() }),
        }),
      ),
    })
    .parse(parse(read(`${monitoring}/grafana/provisioning/datasources/prometheus.yml`))).datasources;

export const readProviders = () =>
  z
    .object({ providers: z.array(z.object({ type: z.string(), options: z.object({ path: z.string() }) })) })
    .parse(parse(read(`${monitoring}/grafana/provisioning/dashboards/gridclock.yml`))).providers;

export const readPrometheusConfig = () =>
  z
    .object({
      global: z.object({ scrape_interval: z.string() }),
      scrape_configs: z.array(
        z.object({
          job_name: z.string(),
          static_configs: z.array(z.object({ targets: z.array(z.string()) })).default([]),
          dns_sd_configs: z.array(z.object({ names: z.array(z.string()), port: z.number() })).default([]),
        }),
      ),
    })
    .parse(parse(read(`${monitoring}/prometheus/prometheus.yml`)));

/** The names of the rule files, without `.yml`. */
export const readRuleNames = (): string[] =>
  readdirSync(fileURLToPath(new URL(`${monitoring}/prometheus/rules`, root)))
    .map((file) => file.replace(/\.yml$/, ''))
    .sort();

const rule = z.object({
  record: z.string().optional(),
  alert: z.string().optional(),
  expr: z.string(),
  labels: z.object({ severity: z.string() }).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

export const readRules = (name: string) =>
  z
    .object({ groups: z.array(z.object({ rules: z.array(rule) })) })
    .parse(parse(read(`${monitoring}/prometheus/rules/${name}.yml`)))
    .groups.flatMap(({ rules }) => rules);

/** The names of the promtool test files, without `.test.yml`. */
export const readRuleTestNames = (): string[] =>
  readdirSync(fileURLToPath(new URL(`${monitoring}/prometheus/tests`, root)))
    .map((file) => file.replace(/\.test\.yml$/, ''))
    .sort();

const ruleTest = z.object({
  promql_expr_test: z.array(z.object({ expr: z.string(), exp_samples: z.array(z.unknown()) })).default([]),
  alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })).default([]),
});

/** A promtool test file: the expressions and alerts that it checks, and how it compares figures. */
export const readRuleTestFile = (name: string) =>
  z
    .object({ fuzzy_compare: z.boolean().default(false), tests: z.array(ruleTest) })
    .parse(parse(read(`${monitoring}/prometheus/tests/${name}.test.yml`)));

const composeFile = z.object({
  services: z.record(
    z.string(),
    z.object({
      build: z.object({ target: z.string() }).optional(),
      profiles: z.array(z.string()).default([]),
      image: z.string().optional(),
      environment: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
      // A map if the service has aliases in a network, otherwise a list.
      networks: z.union([z.array(z.string()), z.record(z.string(), z.unknown()).transform(Object.keys)]),
      ports: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
      init: z.boolean().optional(),
      read_only: z.boolean().optional(),
      mem_limit: z.string().optional(),
    }),
  ),
  networks: z.record(z.string(), z.unknown()),
});

export type ComposeFile = z.output<typeof composeFile>;

export const readCompose = (suite: string): ComposeFile =>
  composeFile.parse(parse(read(`${suite}/docker-compose.yml`), { merge: true }));

/** The variables of a compose file with their defaults. */
export const readComposeVariables = (suite: string): Map<string, string> =>
  new Map(
    [...read(`${suite}/docker-compose.yml`).matchAll(/\$\{([A-Z0-9_]+):-([^}]*)\}/g)].map(
      ([, name = '', value = '']) => [name, value],
    ),
  );

/** The variables of .env.example with their values. */
export const readExampleEnvironment = (): Map<string, string> =>
  new Map(
    [...read('.env.example').matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );

/** The ports that the root's Dockerfile exposes, by target. */
export const readExposedPorts = (): Map<string, string> =>
  new Map(
    [...read('Dockerfile').matchAll(/^FROM \S+ AS (\S+)\n(?:(?!FROM )[^\n]*\n)*?EXPOSE (\d+)$/gm)].map(
      ([, target = '', port = '']) => [target, port],
    ),
  );
