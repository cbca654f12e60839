import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const service = z.looseObject({
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  secrets: z.array(z.string()).default([]),
});
const composeSchema = z.object({
  include: z.array(z.union([z.string(), z.object({ path: z.array(z.string()) })])).default([]),
  services: z.record(z.string(), service).default({}),
  secrets: z.record(z.string(), z.object({ file: z.string() })).default({}),
});

const text = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const compose = (file: string) => composeSchema.parse(parse(text(file), { merge: true }));
const suites = ['vector-clock-kv-store', 'smart-grid-load-balancer'];

describe.each(suites)('docker-compose.secure.yml of %s', (suite) => {
  const base = compose(`${suite}/docker-compose.yml`);
  const secure = compose(`${suite}/docker-compose.secure.yml`);

  it('extends existing services and adds only the TLS proxy', () => {
    const added = Object.keys(secure.services).filter((name) => !(name in base.services));
    expect(added).toEqual([expect.stringMatching(/_tls$/)]);
  });

  it('passes every token as a secret, never as a variable', () => {
    const tokens = ['CLUSTER_TOKEN', 'ADMIN_TOKEN'];
    const withToken = Object.entries(base.services).flatMap(([name, { environment }]) =>
      tokens.filter((token) => token in environment).map((token) => [name, token] as const),
    );
    expect(withToken).not.toEqual([]);
    for (const [name, token] of withToken) {
      const secret = token.toLowerCase();
      expect(secure.services[name]?.environment).toMatchObject({
        [token]: '',
        [`${token}_FILE`]: `/run/secrets/${secret}`,
      });
      expect(secure.services[name]?.secrets).toContain(secret);
      expect(Object.keys(secure.secrets)).toContain(secret);
    }
  });

  it('names the services behind the proxy as clients do', () => {
    const [proxy] = Object.values(secure.services).filter(
      (added) => 'STORE_DOMAIN' in added.environment || 'GRID_DOMAIN' in added.environment,
    );
    const [domain] =
      Object.entries(proxy?.environment ?? {}).find(([name]) => name.endsWith('_DOMAIN')) ?? [];
    const behind = Object.values(secure.services).filter(
      ({ environment }) => 'TRUSTED_PROXIES' in environment,
    );
    expect(behind).not.toEqual([]);
    for (const { environment } of behind)
      expect(environment.ALLOWED_HOSTS).toBe(`\${${domain}:-localhost},\${ALLOWED_HOSTS:-}`);
  });

  it('gives its proxy the fewest rights it needs', () => {
    const [proxy] = Object.entries(secure.services).filter(([name]) => name.endsWith('_tls'));
    expect(proxy?.[1]).toMatchObject({
      init: true,
      read_only: true,
      cap_drop: ['ALL'],
      cap_add: ['NET_BIND_SERVICE'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: expect.stringMatching(/^\d+m$/),
    });
  });
});

describe('docker-compose.secure.yml', () => {
  it('includes the suites of docker-compose.yml, each with its secure file', () => {
    const plain = compose('docker-compose.yml').include;
    const secure = compose('docker-compose.secure.yml').include;
    expect(secure).toEqual(
      plain.map((file) => ({ path: [file, String(file).replace('.yml', '.secure.yml')] })),
    );
  });

  it('lists exactly its variables and defaults in .env.secure.example', () => {
    const used = suites.flatMap((suite) => [
      ...text(`${suite}/docker-compose.secure.yml`).matchAll(/\$\{(\w+):(?:-([^}]*)|\?[^}]*)\}/g),
    ]);
    const listed = [...text('.env.secure.example').matchAll(/^(\w+)=(.*)$/gm)];
    const settings = (matches: RegExpMatchArray[]) =>
      Object.fromEntries(matches.map(([, name, value = '']) => [name, value]));
    expect(settings(listed)).toEqual(settings(used));
  });
});
