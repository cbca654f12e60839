import { describe, expect, it } from 'vitest';
import { counterpartsOf } from './compose-services.ts';
import { allows, type Pod, policiesOf } from './network-edges.ts';
import { MANIFESTS, readFolder } from './read-manifests.ts';
import { servicesOf, workloadsOf } from './workloads.ts';

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
    elsewhere: { 'kubernetes.io/metadata.name': 'monitoring' },
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
  it('let pass what the services ask of each other, in that direction alone', () => {
    // The public entry is open to whoever may send anything there at all.
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

  it('connect those who share a network in the compose files, and no others', () => {
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

  it('leave strangers nothing but the public entry, wherever they are', () => {
    const strangers: Pod[] = [{ labels: {} }, { labels: {}, elsewhere: {} }];
    for (const stranger of strangers) {
      const open = [...ports].filter(([to, port]) => allows(policies, stranger, pods[to] ?? stranger, port));
      expect(open).toEqual([['charge-request-service', 8000]]);
    }
  });

  it('let clients of the store in by a label, from the same namespace only', () => {
    const labels = { 'gridclock/store-client': 'true' };
    const store = pods.store ?? { labels: {} };
    expect(allows(policies, { labels }, store, 5000)).toBe(true);
    expect(allows(policies, { labels, elsewhere: {} }, store, 5000)).toBe(false);
  });

  it('let every pod look up names, and send nothing else out', () => {
    const dns: Pod = {
      labels: { 'k8s-app': 'kube-dns' },
      elsewhere: { 'kubernetes.io/metadata.name': 'kube-system' },
    };
    for (const { labels } of workloads) {
      for (const protocol of ['UDP', 'TCP'])
        expect(allows(policies, { labels }, dns, 53, protocol)).toBe(true);
      expect(allows(policies, { labels }, dns, 443)).toBe(false);
      expect(allows(policies, { labels }, { labels: {}, elsewhere: {} }, 53, 'UDP')).toBe(false);
    }
  });

  it('are about the ports that the Services have', () => {
    expect(
      [...new Set(servicesOf(manifests).flatMap(({ spec }) => spec.ports.map(({ port }) => port)))].sort(),
    ).toEqual([...ports.values()].sort());
  });
});
