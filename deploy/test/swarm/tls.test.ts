import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readStack } from '../support/stack-files.ts';

const text = (file: string) => readFileSync(new URL(`../../swarm/${file}`, import.meta.url), 'utf8');

const secretSchema = z.union([
  z.string().transform((source) => ({ source, target: source })),
  z.object({ source: z.string(), target: z.string() }),
]);
const tls = z
  .object({
    services: z.record(
      z.string(),
      z.object({
        environment: z.record(z.string(), z.string()).default({}),
        secrets: z.array(secretSchema).default([]),
      }),
    ),
    secrets: z.record(z.string(), z.object({ external: z.literal(true), name: z.string() })),
  })
  .parse(parse(text('stack-tls.yml'), { merge: true }));

describe('stack-tls.yml', () => {
  it('gives every service of the stack its own certificate', () => {
    const own = Object.keys(readStack().services).filter((name) => !['prometheus', 'grafana'].includes(name));
    expect(
      Object.keys(tls.services)
        .filter((name) => name !== 'prometheus')
        .sort(),
    ).toEqual(own.sort());
    for (const name of own) {
      const { environment, secrets } = tls.services[name] ?? { environment: {}, secrets: [] };
      expect(secrets).toEqual([
        { source: 'tls_ca', target: 'tls_ca' },
        { source: `tls_${name}`, target: 'tls' },
      ]);
      expect(environment).toEqual({
        TLS_CA_FILE: '/run/secrets/tls_ca',
        TLS_CERT_FILE: '/run/secrets/tls',
        TLS_KEY_FILE: '/run/secrets/tls',
      });
    }
  });

  it('declares every secret that it uses, and no other', () => {
    const used = Object.values(tls.services).flatMap(({ secrets }) => secrets.map(({ source }) => source));
    expect(Object.keys(tls.secrets).sort()).toEqual([...new Set(used)].sort());
  });

  it('scrapes as prometheus.yml, but by TLS', () => {
    const jobSchema = z.looseObject({ scheme: z.string().optional(), tls_config: z.unknown().optional() });
    const read = (file: string) =>
      z.looseObject({ scrape_configs: z.array(jobSchema) }).parse(parse(text(file)));
    const secure = read('prometheus.tls.yml');
    const withoutTls = secure.scrape_configs.map(({ scheme: _scheme, tls_config: _tls, ...job }) => job);
    expect({ ...secure, scrape_configs: withoutTls }).toEqual(read('prometheus.yml'));
    const plain = secure.scrape_configs.filter(({ scheme }) => scheme !== 'https');
    expect(plain.map(({ job_name: job }) => job)).toEqual(['prometheus']);
  });
});
