import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const { packages } = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        resolved: z.string().optional(),
        license: z.string().optional(),
        link: z.boolean().default(false),
        optionalDependencies: z.record(z.string(), z.string()).default({}),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')));

/** Licences that ask for no more than to be named, by their SPDX identifiers. */
const permissive = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
];

describe('package-lock.json', () => {
  it('lists the packages of every platform, without which npm ci refuses it on the others', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
      ),
    );
    expect(missing).toEqual([]);
  });

  it('names no registry, so that everyone installs from their own', () => {
    const hosts = Object.values(packages).filter(({ resolved }) => resolved?.includes('://'));
    expect(hosts).toEqual([]);
  });

  it('lists nothing whose licence would bind those who use this', () => {
    const installed = Object.entries(packages).filter(
      ([path, { link }]) => path.includes('node_modules/') && !link,
    );
    const binding = installed.filter(([, { license = 'none' }]) => {
      const alternatives = license.replace(/^\(|\)$/g, '').split(' OR ');
      return !alternatives.some((alternative) => permissive.includes(alternative));
    });
    expect(binding.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  });
});
