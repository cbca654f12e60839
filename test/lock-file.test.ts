import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const { packages } = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        resolved: z.string().optional(),
        integrity: z.string().optional(),
        license: z.string().optional(),
        dev: z.boolean().default(false),
        link: z.boolean().default(false),
        optionalDependencies: z.record(z.string(), z.string()).default({}),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')));

/** SPDX identifiers of licences that require attribution at most. */
const permissive = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'PSF-2.0',
  'Python-2.0',
];

/** Its metadata name no identifier; the file that they refer to is the text of MIT. */
const namedInFile = ['node_modules/spawndamnit'];

/** MPL-2.0, whose terms concern changes to its own files: only tests run it, unchanged. */
const runByTests = ['node_modules/axe-core'];

/** Whether a user may choose permissive terms only, such as in `(GPL-3.0 OR MIT)` or `Apache-2.0 AND MIT`. */
function isPermissive(license: string): boolean {
  return license
    .replace(/^\(|\)$/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((part) => permissive.includes(part)));
}

describe('package-lock.json', () => {
  // npm ci rejects a lock file without another platform's packages.
  it('lists the optional packages of every platform', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
      ),
    );
    expect(missing).toEqual([]);
  });

  it('names no registry, so that everyone can install from their own', () => {
    const withHost = Object.values(packages).filter(({ resolved }) => resolved?.includes('://'));
    expect(withHost).toEqual([]);
  });

  const installed = Object.entries(packages).filter(
    ([path, { link }]) => path.includes('node_modules/') && !link,
  );

  it('lists the SHA-512 digest of every package', () => {
    expect(installed.length).toBeGreaterThan(100);
    const unverified = installed.filter(
      ([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity),
    );
    expect(unverified.map(([path]) => path)).toEqual([]);
  });

  it('takes every package from the registry or from this repository', () => {
    const elsewhere = Object.entries(packages).filter(
      ([, { link, resolved }]) => resolved !== undefined && !(link && /^[a-z][a-z/-]*$/.test(resolved)),
    );
    expect(elsewhere.map(([path, { resolved }]) => `${path}: ${resolved}`)).toEqual([]);
  });

  it('lists permissive licences only', () => {
    const restrictive = installed.filter(
      ([path, { license = 'none', dev }]) =>
        !isPermissive(license) && !(dev && (runByTests.includes(path) || namedInFile.includes(path))),
    );
    expect(restrictive.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  });
});
