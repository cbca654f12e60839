import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compose, engine, versionProblem } from '../../src/docker/required-versions.ts';

describe('versionProblem', () => {
  it('names an outdated Compose, the least version and where to get it', () => {
    expect(versionProblem(compose, '2.17.3')).toBe(
      'Docker Compose 2.17.3 is too old: this needs 2.24 or later. See https://docs.docker.com/compose/install',
    );
  });

  it.each(['1.29.2', '2.3.0', 'v2.23.3-desktop.2'])('refuses Compose %s', (version) => {
    expect(versionProblem(compose, version)).toMatch(/is too old/);
  });

  it.each(['2.24.0', 'v2.24.0-birthday.10', '2.100.1', 'v5.6.0\n'])('accepts Compose %j', (version) => {
    expect(versionProblem(compose, version)).toBeUndefined();
  });

  it('says that Compose is missing if its command prints no version', () => {
    expect(versionProblem(compose, '')).toBe(
      'Docker Compose is not available: this needs 2.24 or later. See https://docs.docker.com/compose/install',
    );
  });

  it.each([
    ['20.10.24+dfsg1', true],
    ['28.2.2', true],
    ['19.03.15', false],
    ['20.9.0', false],
  ])('judges engine %s as recent enough: %j', (version, accepted) => {
    expect(versionProblem(engine, version) === undefined).toBe(accepted);
  });
});

describe('the least versions', () => {
  it.each(['README.md', 'docker-compose.yml'])('are those that %s states', (file) => {
    const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
    expect(text).toContain(`${engine.name} ${engine.least.join('.')}`);
    expect(text).toContain(`${compose.name} ${compose.least.join('.')}`);
  });
});
