import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { applied, MANIFESTS, type Manifest, parseManifests, readFolder } from '../support/manifests.ts';
import { schemaProblems } from '../support/schema-problems.ts';
import { servicesOf, workloadsOf } from '../support/workloads.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const { failed: kubectlMissing } = await execa('kubectl', ['version', '--client'], { reject: false });

/** The objects that `kubectl apply -k` would send, by folder. */
const built = new Map<string, Manifest[]>();
const objects = (folder: string) => built.get(`${MANIFESTS}/${folder}`) ?? [];
const names = (manifests: readonly Manifest[]) =>
  manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();

describe.skipIf(kubectlMissing)('kubectl kustomize (skipped without kubectl)', () => {
  beforeAll(async () => {
    for (const folder of applied) {
      const { stdout } = await execa('kubectl', ['kustomize', folder], { cwd: root });
      built.set(folder, parseManifests(stdout));
    }
  });

  it.each(applied)('builds %s into objects that match their schemas', (folder) => {
    const problems = (built.get(folder) ?? []).flatMap((manifest) =>
      schemaProblems(manifest).map((problem) => `${manifest.kind} ${manifest.metadata.name}: ${problem}`),
    );
    expect(problems).toEqual([]);
  });

  it.each(applied)('builds from %s the objects that the other tests read', (folder) => {
    const generated = (built.get(folder) ?? []).filter(({ kind }) => kind !== 'ConfigMap');
    expect(names(generated)).toEqual(names(readFolder(folder)));
  });

  it.each(applied)('gives every image in %s a tag', (folder) => {
    for (const { container } of workloadsOf(built.get(folder) ?? []))
      expect(container.image).toMatch(/^(registry\.example\/)?gridclock\/[a-z_-]+:[\w.-]+$/);
  });

  it('puts the unchanged dashboards where Grafana finds them', () => {
    const dashboards = z
      .object({
        metadata: z.object({ labels: z.object({ grafana_dashboard: z.literal('1') }) }),
        data: z.record(z.string(), z.string()),
      })
      .parse(objects('overlays/monitoring').find(({ kind }) => kind === 'ConfigMap')).data;
    const grafana = `${root}/smart-grid-load-balancer/monitoring/grafana`;
    expect(dashboards).toEqual({
      'gridclock-grid.json': readFileSync(`${grafana}/dashboard.json`, 'utf8'),
      'gridclock-store.json': readFileSync(`${grafana}/store-dashboard.json`, 'utf8'),
    });
  });

  it.each(applied)('pulls an image in %s only from a registry of your own', (folder) => {
    for (const { container } of workloadsOf(built.get(folder) ?? [])) {
      const pulled = folder.includes('overlays/registry');
      expect(container.imagePullPolicy).toBe(pulled ? 'IfNotPresent' : 'Never');
      expect(container.image.startsWith('registry.example/')).toBe(pulled);
    }
  });

  it.each(['overlays/local', 'overlays/monitoring'])('opens only the public entry in %s', (folder) => {
    const local = objects(folder);
    const nodePorts = local.filter(
      ({ spec }) => z.object({ type: z.literal('NodePort') }).safeParse(spec).success,
    );
    expect(servicesOf(nodePorts).map(({ metadata }) => metadata.name)).toEqual(['charge-request-service']);
  });
});
