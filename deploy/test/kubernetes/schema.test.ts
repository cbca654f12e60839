import { describe, expect, it } from 'vitest';
import { allFiles, applied, filesOf, parseManifests, readFolder } from '../support/manifests.ts';
import { schemaProblems } from '../support/schema-problems.ts';

const service = (text: string) =>
  parseManifests(`
apiVersion: v1
kind: Service
metadata: { name: store }
${text}`).flatMap(schemaProblems);

describe('the schema check', () => {
  it('accepts a valid manifest', () => {
    expect(service('spec: { ports: [{ port: 5000, targetPort: http }] }')).toEqual([]);
  });

  it('names an unknown field at any depth', () => {
    expect(service('specs: {}')).toEqual(['unknown field /specs']);
    expect(service('spec: { clusterIp: None }')).toEqual(['unknown field /spec/clusterIp']);
    expect(service('spec: { ports: [{ port: 1 }, { port: 2, targetPorts: http }] }')).toEqual([
      'unknown field /spec/ports/1/targetPorts',
    ]);
  });

  it('names a field that is missing or has the wrong type or value', () => {
    expect(service('spec: { ports: [{ name: http }] }')).toEqual([expect.stringContaining('port')]);
    expect(service('spec: { ports: [{ port: "5000" }] }')).toEqual([expect.stringContaining('integer')]);
    expect(service('spec: { ports: [{ port: 1, protocol: HTTP }] }')).toEqual([
      expect.stringContaining('allowed'),
    ]);
  });

  it('rejects a kind without a schema', () => {
    expect(
      parseManifests('{ apiVersion: v2, kind: Service, metadata: { name: x } }').map(schemaProblems),
    ).toEqual([['no schema for Service of v2']]);
  });
});

describe('the manifests', () => {
  const manifests = applied.flatMap((folder) => readFolder(folder).map((manifest) => ({ folder, manifest })));

  it.each(manifests)('$folder: $manifest.kind $manifest.metadata.name matches its schema', ({ manifest }) => {
    expect(schemaProblems(manifest)).toEqual([]);
  });

  it('all belong to an applied kustomization', () => {
    expect(allFiles().filter((file) => !applied.flatMap(filesOf).includes(file))).toEqual([]);
  });

  it.each(applied)('of %s define no object twice', (folder) => {
    const names = readFolder(folder).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names).toEqual([...new Set(names)]);
  });
});
