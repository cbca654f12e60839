import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { prometheusRule } from './prometheus-rule.ts';

const prometheus = new URL('../../../smart-grid-load-balancer/monitoring/prometheus/', import.meta.url);

/** The folder of the manifests made from Prometheus' rule files. */
export const ruleManifestFolder = new URL('../components/monitoring/rules/', import.meta.url);

/** What every manifest in that folder must read, by file name. */
export function ruleManifests(): Map<string, string> {
  const { global } = z
    .object({ global: z.object({ evaluation_interval: z.string() }) })
    .parse(parse(readFileSync(new URL('prometheus.yml', prometheus), 'utf8')));
  const names = readdirSync(fileURLToPath(new URL('rules', prometheus))).map((file) =>
    file.replace(/\.yml$/, ''),
  );
  return new Map(
    names.filter(isOurs).map((name) => {
      const text = readFileSync(new URL(`rules/${name}.yml`, prometheus), 'utf8');
      return [`${name}.yaml`, prometheusRule(name, text, global.evaluation_interval)];
    }),
  );
}

/** The Operator's own installation has rules for Prometheus itself, which watches more there than these services. */
function isOurs(name: string): boolean {
  return name !== 'prometheus';
}
