import { parse } from 'yaml';
import { z } from 'zod';
import { read } from './compose-files.ts';

const prometheusFile = z.object({
  global: z.looseObject({ scrape_interval: z.string(), scrape_timeout: z.string() }),
  rule_files: z.unknown(),
  scrape_configs: z.array(
    z.object({
      job_name: z.string(),
      static_configs: z.array(z.object({ targets: z.array(z.string()) })).default([]),
      dns_sd_configs: z
        .array(z.object({ names: z.array(z.string()), port: z.number(), type: z.literal('A') }))
        .default([]),
      relabel_configs: z.array(z.object({ regex: z.string().optional(), target_label: z.string() })),
    }),
  ),
});

/** Reads a Prometheus config. @param path relative to the repository root */
export const readPrometheus = (path: string) => prometheusFile.parse(parse(read(path)));

/** Prometheus' config in Compose. */
export const composePrometheus = 'smart-grid-load-balancer/monitoring/prometheus/prometheus.yml';
