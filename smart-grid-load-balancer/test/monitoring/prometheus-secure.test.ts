import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const configSchema = z.looseObject({
  scrape_configs: z.array(
    z.looseObject({
      job_name: z.string(),
      scheme: z.string().optional(),
      tls_config: z.unknown().optional(),
    }),
  ),
});
const read = (file: string) =>
  configSchema.parse(parse(readFileSync(new URL(`../../monitoring/${file}`, import.meta.url), 'utf8')));

const plain = read('prometheus/prometheus.yml');
const secure = read('prometheus.secure.yml');

describe('prometheus.secure.yml', () => {
  it('differs from prometheus.yml only in TLS', () => {
    const withoutTls = secure.scrape_configs.map(({ scheme: _scheme, tls_config: _tls, ...job }) => job);
    expect({ ...secure, scrape_configs: withoutTls }).toEqual(plain);
  });

  it('verifies every service that it scrapes', () => {
    for (const { job_name: job, scheme, tls_config: tls } of secure.scrape_configs) {
      if (job === 'prometheus') continue;
      expect({ job, scheme, tls }).toMatchObject({ scheme: 'https', tls: { ca_file: '/run/tls/ca.pem' } });
      expect(tls).not.toHaveProperty('insecure_skip_verify');
    }
  });
});
