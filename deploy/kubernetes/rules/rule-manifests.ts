import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { prometheusRule } from './prometheus-rule.ts';

const prometheus = new URL('../../../smart-grid-load-balancer/monitoring/prometheus/', import.meta.url);

/** The folder of the generated manifests. */
export const ruleManifestFolder = new URL('../components/monitoring/rules/', import.meta.url);

/** Generates a manifest for every Prometheus rule file, by file name. */
export function ruleManifests(): Map<string, string> {
  const { global } = z
    .object({ global: z.object({ evaluation_interval: z.string() }) })
    .parse(parse(readFileSync(new URL('prometheus.yml', prometheus), 'utf8')));
  const names = readdirSync(fileURLToPath(new URL('rules', prometheus))).map((file) =>
    file.replace(/\.yml$/, ''),
  );
  return new Map(
    names.filter(isServiceRule).map((name) => {
      const text = readFileSync(new URL(`rules/${name}.yml`, prometheus), 'utf8');
      return [`${name}.yaml`, prometheusRule(name, text, global.evaluation_interval)];
    }),
  );
}

/** Leaves out the rules about Prometheus itself: the Operator brings its own. */
function isServiceRule(name: string): boolean {
  return name !== 'prometheus';
}
