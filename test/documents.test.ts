import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { policyNames } from '../smart-grid-load-balancer/load_balancer/policies/index.ts';
import { scenarios } from '../vector-clock-kv-store/src/verification/scenarios/index.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string) => readFileSync(posix.join(root, path), 'utf8');
const exists = (path: string) => existsSync(posix.join(root, path));

const rootDocuments = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];
const documents = [
  ...rootDocuments,
  'docs/errors.md',
  'docs/guarantees.md',
  'docs/lab/README.md',
  ...readdirSync(posix.join(root, 'docs/lab'))
    .filter((page) => /^\d/.test(page))
    .map((page) => `docs/lab/${page}`),
  'docs/operations.md',
  'docs/performance.md',
  'docs/tls.md',
  'docs/tracing.md',
  'packages/causal-store/README.md',
  'packages/ui-kit/README.md',
  'vector-clock-kv-store/README.md',
  'vector-clock-kv-store/docs/judge.md',
  'vector-clock-kv-store/docs/history-format.md',
  'smart-grid-load-balancer/README.md',
  'smart-grid-load-balancer/monitoring/README.md',
  'deploy/swarm/README.md',
  'deploy/kubernetes/README.md',
];

/** Names in the changelog that no longer exist. */
const retiredScripts = ['check'];
const retiredPaths = ['container-test/main.ts'];

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));

describe.each(documents)('%s', (document) => {
  const text = read(document);

  it('links to existing files', () => {
    const links = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !target.includes('://'));
    const broken = links.filter((target) => !exists(posix.join(posix.dirname(document), target)));
    expect(broken).toEqual([]);
  });

  it('names existing npm scripts', () => {
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script = '']) => script);
    expect(named.filter((script) => !(script in scripts) && !retiredScripts.includes(script))).toEqual([]);
  });

  it('runs existing entry files', () => {
    const entries = [...text.matchAll(/npx tsx (\S+\.ts)/g)].map(([, entry = '']) => entry);
    expect(entries.filter((entry) => !exists(entry) && !retiredPaths.includes(entry))).toEqual([]);
  });
});

describe.each(rootDocuments)('%s', (document) => {
  const text = read(document);

  it('names existing paths in backticks', () => {
    const topLevel =
      /^(packages|vector-clock-kv-store|smart-grid-load-balancer|container-test|deploy|scripts|test)\b/;
    const paths = [...text.matchAll(/`([\w./-]+)`/g)]
      .map(([, path = '']) => path)
      .filter((path) => topLevel.test(path));
    expect(paths.filter((path) => !exists(path))).toEqual([]);
  });
});

describe('ARCHITECTURE.md', () => {
  it('names existing files in its diagrams', () => {
    const diagrams = [...read('ARCHITECTURE.md').matchAll(/```mermaid\n([\s\S]*?)```/g)].map(
      ([, text = '']) => text,
    );
    const files = diagrams.flatMap((diagram) =>
      [...diagram.matchAll(/[\w/-]+\.ts\b/g)].map(([file]) => file),
    );
    expect(files).not.toEqual([]);
    const folders = ['vector-clock-kv-store/src', 'smart-grid-load-balancer'];
    expect(files.filter((file) => !folders.some((folder) => exists(posix.join(folder, file))))).toEqual([]);
  });
});

describe('the READMEs of the suites', () => {
  it.each(scenarios)('describe the scenario $name', ({ name }) => {
    expect(read('vector-clock-kv-store/README.md')).toMatch(new RegExp(`^\\| \`${name}\` \\|`, 'm'));
  });

  it.each(policyNames)('name the routing policy %s', (name) => {
    const row = /`ROUTING_POLICY` \([^)]*\)/.exec(read('smart-grid-load-balancer/README.md'))?.[0];
    expect(row).toContain(`\`${name}\``);
  });
});

describe('the npm scripts that start services', () => {
  // The tsx command kills its child when a signal is not handled within 60 ms, and the services stay behind.
  it.each(['start', 'demo', 'bench', 'test:containers'])('run %s without the tsx command', (script) => {
    expect(scripts[script]).toMatch(/^node --import tsx /);
  });
});
