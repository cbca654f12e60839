import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isProblemCode, problemCodes } from '../packages/service-kit/src/problems/problem-codes.ts';

const caddyfiles = ['vector-clock-kv-store/tls/Caddyfile', 'smart-grid-load-balancer/tls/Caddyfile'].map(
  (file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'),
);

const snippet = (text: string, name: string) =>
  /^.*\n}$/ms.exec(text.slice(text.indexOf(`(${name})`)).split('\n\n')[0] ?? '')?.[0];

describe('the TLS proxies', () => {
  it.each(['request_id', 'problem'])('share the snippet %s', (name) => {
    const [first, second] = caddyfiles.map((text) => snippet(text, name));
    expect(first).toContain(`(${name})`);
    expect(second).toBe(first);
  });

  it('answer with the codes and titles of the services', () => {
    const [text = ''] = caddyfiles;
    const rows = [...text.matchAll(/^\t\t(\d{3}|default) (\w+) "?([^"\n]+)"?$/gm)].filter(
      ([, key]) => key !== undefined,
    );
    expect(rows.length).toBeGreaterThan(5);
    for (const [, key = '', code = '', title] of rows) {
      const known = isProblemCode(code) ? problemCodes[code] : undefined;
      expect({ code, title: known?.title }).toEqual({ code, title });
      if (key !== 'default') expect(known?.status).toBe(Number(key));
    }
  });

  it('let no error go out in another shape', () => {
    for (const text of caddyfiles) {
      const sites = text.split(/^(?=\S+ \{$)/m).filter((site) => /^(https:\/\/|\{\$)/.test(site));
      expect(sites).toHaveLength(2);
      for (const site of sites) {
        expect(site).toMatch(/handle_errors \{\n\t\timport problem\n/);
        expect(site).not.toMatch(/\trespond /);
      }
    }
  });
});
