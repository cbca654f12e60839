import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MANIFESTS, readFolder } from '../support/manifests.ts';
import { selects, servicesOf, workloadsOf } from '../support/workloads.ts';

const base = readFolder(`${MANIFESTS}/base`);
const everything = [...base, ...readFolder(`${MANIFESTS}/load-test`)];
const workloads = workloadsOf(everything);
const services = servicesOf(base);
const budgets = everything.filter(({ kind }) => kind === 'PodDisruptionBudget');
const readme = readFileSync(new URL('../../kubernetes/README.md', import.meta.url), 'utf8');

describe.each(workloads.filter(({ kind }) => kind !== 'Job'))('$kind $name', (workload) => {
  it('selects its own pods and spreads them', () => {
    expect(workload.selector?.matchLabels).toEqual(workload.labels);
    for (const { labelSelector } of workload.pod.topologySpreadConstraints)
      expect(labelSelector.matchLabels).toEqual(workload.labels);
  });

  it('shares its labels with no other workload', () => {
    const selected = workloads.filter(({ labels }) => selects(workload.labels, labels));
    expect(selected.map(({ name }) => name)).toEqual([workload.name]);
  });

  it('has probes at ports that it opens', () => {
    const { container } = workload;
    for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe])
      expect(container.ports.map(({ name }) => name)).toContain(probe?.httpGet.port);
  });

  it('has a Service, and a headless one if it is a StatefulSet', () => {
    const selecting = services.filter(({ spec }) => selects(spec.selector, workload.labels));
    expect(selecting).not.toEqual([]);
    if (workload.kind !== 'StatefulSet') return;
    const governing = selecting.find(({ metadata }) => metadata.name === workload.serviceName);
    expect(governing?.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
  });
});

describe.each(workloads)('the pod of $name', ({ pod, container, volumeClaimTemplates }) => {
  it('mounts exactly its volumes', () => {
    const volumes = [
      ...pod.volumes.map(({ name }) => name),
      ...volumeClaimTemplates.map(({ metadata }) => metadata.name),
    ];
    expect(container.volumeMounts.map(({ name }) => name).sort()).toEqual(volumes.sort());
  });

  it('mounts the secret files its variables name, which the README creates', () => {
    const files = pod.volumes.flatMap(({ name, secret }) => {
      const mount = container.volumeMounts.find((mounted) => mounted.name === name);
      return (secret?.items ?? []).map(({ path }) => `${mount?.mountPath}/${path}`);
    });
    const named = container.env.filter(({ name }) => name.endsWith('_FILE')).map(({ value }) => value);
    expect(named).toEqual(files);
    for (const { secret } of pod.volumes) {
      for (const { key } of secret?.items ?? [])
        expect(readme).toContain(`create secret generic ${secret?.secretName} --from-file=${key}=`);
    }
  });

  it('runs under an existing service account', () => {
    const accounts = base.filter(({ kind }) => kind === 'ServiceAccount');
    expect(accounts.map(({ metadata }) => metadata.name)).toContain(pod.serviceAccountName);
  });

  it('refers only to earlier variables in its variables', () => {
    container.env.forEach(({ value = '' }, index) => {
      const before = container.env.slice(0, index).map(({ name }) => name);
      for (const [, name] of value.matchAll(/\$\(([A-Z_]+)\)/g)) expect(before).toContain(name);
    });
  });
});

describe.each(services)('Service $metadata.name', ({ metadata, spec }) => {
  it('selects the pods of one workload, at a port they open', () => {
    const reached = workloads.filter(({ labels }) => selects(spec.selector, labels));
    expect(reached).toHaveLength(1);
    for (const { targetPort, port } of spec.ports) {
      expect(reached[0]?.container.ports).toContainEqual({ name: targetPort, containerPort: port });
    }
  });

  it('has a valid DNS name', () => {
    expect(metadata.name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
  });
});

describe('a disruption budget', () => {
  const selectorOf = z.object({
    spec: z.object({ selector: z.object({ matchLabels: z.record(z.string(), z.string()) }) }),
  });

  it('exists for exactly the workloads with more than one pod', () => {
    const guarded = budgets.flatMap((budget) => {
      const { matchLabels } = selectorOf.parse(budget).spec.selector;
      return workloads.filter(({ labels }) => selects(matchLabels, labels)).map(({ name }) => name);
    });
    const several = workloads.filter(({ replicas = 1 }) => replicas > 1).map(({ name }) => name);
    expect(guarded.sort()).toEqual(several.sort());
  });
});
