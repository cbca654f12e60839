import { readdirSync, readFileSync } from 'node:fs';
import readChangesets from '@changesets/read';
import { describe, expect, it } from 'vitest';
import { formatRelease, parseChange, withRelease } from '../../scripts/release/changelog.ts';
import { withVersion, withVersionConstant } from '../../scripts/release/versions.ts';

const root = new URL('../../', import.meta.url).pathname;
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');

const fixed = parseChange('first', '### Fixed\n\n- A node starts.\n');
const both = parseChange('second', '### Added\n- A route.\n\n### Fixed\n- A node stops,\n  and is quiet.');

describe('a release', () => {
  it('has the changes of all files, by section', () => {
    expect(formatRelease('0.3.0', '2026-12-01', [fixed, both])).toBe(
      '## 0.3.0 (2026-12-01)\n\n### Fixed\n\n- A node starts.\n- A node stops,\n  and is quiet.\n\n### Added\n\n- A route.',
    );
  });

  it('is put on top of the earlier ones', () => {
    const changelog = withRelease('# Changelog\n\n## 0.2.0\n\n- Earlier.\n', '## 0.3.0');
    expect(changelog).toBe('# Changelog\n\n## 0.3.0\n\n## 0.2.0\n\n- Earlier.\n');
    expect(withRelease('# Changelog\n', '## 0.1.0')).toBe('# Changelog\n\n## 0.1.0\n');
  });

  it('sets the version of a manifest and of the packages of this repository only', () => {
    const manifest =
      '{\n  "version": "0.1.0",\n  "dependencies": {\n    "@gridclock/ui-kit": "0.1.0",\n    "zod": "0.1.0"\n  }\n}';
    expect(withVersion(manifest, '0.2.0')).toBe(
      manifest
        .replace('"version": "0.1.0"', '"version": "0.2.0"')
        .replace('ui-kit": "0.1.0"', 'ui-kit": "0.2.0"'),
    );
    expect(withVersionConstant("export const VERSION = '0.1.0';", '0.2.0')).toContain("'0.2.0'");
  });
});

describe('a change', () => {
  it.each([
    ['Something is new.', 'must begin with one of ### Fixed'],
    ['### New\n\n- A route.', 'unknown section New'],
    ['### Added\n\nA route.', 'no list under Added'],
  ])('is refused if it is no list in a section: %j', (text, reason) => {
    expect(() => parseChange('some', text)).toThrow(reason);
  });

  it('in .changeset can be read', async () => {
    for (const { id, summary, releases } of await readChangesets(root)) {
      expect(() => parseChange(id, summary)).not.toThrow();
      expect(releases.length).toBeGreaterThan(0);
    }
  });
});

describe('the version', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };

  it('is the same in every manifest, in services, images and on top of CHANGELOG.md', () => {
    const folders = ['.', 'vector-clock-kv-store', 'smart-grid-load-balancer', 'container-test', 'deploy'];
    const packages = readdirSync(`${root}packages`).map((name) => `packages/${name}`);
    for (const folder of [...folders, ...packages]) {
      const manifest = read(`${folder}/package.json`);
      expect([folder, withVersion(manifest, version) === manifest]).toEqual([folder, true]);
    }
    expect(read('packages/service-kit/src/requests/version.ts')).toContain(`'${version}'`);
    expect(read('CHANGELOG.md')).toMatch(new RegExp(`^# Changelog\\n\\n## ${version} \\(`));
    expect(read('Dockerfile')).toContain(`image.version="${version}"`);
    expect(read('package-lock.json').slice(0, 200)).toContain(`"version": "${version}"`);
  });
});
