import { describe, expect, it } from 'vitest';
import { counterpartsOf } from '../support/compose-services.ts';
import { MANIFESTS, readFolder } from '../support/manifests.ts';
import { allows, type Pod, policiesOf } from '../support/network-policies.ts';
import { servicesOf, workloadsOf } from '../support/workloads.ts';

const manifests = [
  ...readFolder(`${MANIFESTS}/base`),
  ...readFolder(`${MANIFESTS}/components/monitoring`),
  ...readFolder(`${MANIFESTS}/load-test`),
];
const policies = policiesOf(manifests);
const workloads = workloadsOf(manifests);

const pods: Record<string, Pod> = {
  ...Object.fromEntries(workloads.map(({ component, labels }) => [component, { labels }])),
  prometheus: {
    labels: { 'app.kubernetes.io/name': 'prometheus' },
    otherNamespace: { 'kubernetes.io/metadata.name': 'monitoring' },
  },
};
const ports = new Map(
  workloads.flatMap(({ component, container }) =>
    container.ports.map(({ containerPort }) => [component, containerPort]),
  ),
);

const edges = Object.entries(pods).flatMap(([from, source]) =>
  [...ports]
    .filter(([to, port]) => allows(policies, source, pods[to] ?? { labels: {} }, port))
    .map(([to, port]) => `${from} → ${to}:${port}`),
);

describe('the network policies', () => {
  it('allow exactly the connections that the services make', () => {
    // The public entry accepts any source, but only the load tester's egress rules allow it.
    expect(edges.sort()).toEqual(
      [
        'charge-request-service → load-balancer:8080',
        'load-balancer → substation:8001',
        'load-tester → charge-request-service:8000',
        'load-tester → load-balancer:8080',
        'load-tester → substation:8001',
        'prometheus → charge-request-service:8000',
        'prometheus → load-balancer:8080',
        'prometheus → store:5000',
        'prometheus → substation:8001',
        'store → store:5000',
      ].sort(),
    );
  });

  it('connect exactly the services that share a Compose network', () => {
    const networks = (component: string) => counterpartsOf(component).flatMap((service) => service.networks);
    const names = Object.keys(pods);
    const pairs = names.flatMap((one, index) => names.slice(index + 1).map((other) => ({ one, other })));
    for (const { one, other } of pairs.filter(({ one, other }) => ports.has(one) || ports.has(other))) {
      const shared = networks(one).some((network) => networks(other).includes(network));
      const connected = edges.some(
        (edge) => edge.startsWith(`${one} → ${other}:`) || edge.startsWith(`${other} → ${one}:`),
      );
      expect(`${one}, ${other}: ${connected}`).toBe(`${one}, ${other}: ${shared}`);
    }
  });

  it('let unknown pods reach only the public entry, from any namespace', () => {
    const strangers: Pod[] = [{ labels: {} }, { labels: {}, otherNamespace: {} }];
    for (const stranger of strangers) {
      const open = [...ports].filter(([to, port]) => allows(policies, stranger, pods[to] ?? stranger, port));
      expect(open).toEqual([['charge-request-service', 8000]]);
    }
  });

  it('let labelled pods of the same namespace reach the store', () => {
    const labels = { 'gridclock/store-client': 'true' };
    const store = pods.store ?? { labels: {} };
    expect(allows(policies, { labels }, store, 5000)).toBe(true);
    expect(allows(policies, { labels, otherNamespace: {} }, store, 5000)).toBe(false);
  });

  it('let every pod resolve DNS names, and open no other way out', () => {
    const dns: Pod = {
      labels: { 'k8s-app': 'kube-dns' },
      otherNamespace: { 'kubernetes.io/metadata.name': 'kube-system' },
    };
    for (const { labels } of workloads) {
      for (const protocol of ['UDP', 'TCP'])
        expect(allows(policies, { labels }, dns, 53, protocol)).toBe(true);
      expect(allows(policies, { labels }, dns, 443)).toBe(false);
      expect(allows(policies, { labels }, { labels: {}, otherNamespace: {} }, 53, 'UDP')).toBe(false);
    }
  });

  it('cover the ports of all Services', () => {
    expect(
      [...new Set(servicesOf(manifests).flatMap(({ spec }) => spec.ports.map(({ port }) => port)))].sort(),
    ).toEqual([...ports.values()].sort());
  });
});
