import { z } from 'zod';
import type { Manifest } from './read-manifests.ts';
import { selects } from './workloads.ts';

const labels = z.record(z.string(), z.string());
const selector = z.strictObject({ matchLabels: labels.default({}) });
const peer = z.strictObject({
  podSelector: selector.default({ matchLabels: {} }),
  namespaceSelector: selector.optional(),
});
const ports = z.array(z.strictObject({ protocol: z.enum(['TCP', 'UDP']), port: z.number() }));
const rule = z.strictObject({ from: z.array(peer).optional(), to: z.array(peer).optional(), ports });

const policySchema = z.object({
  spec: z.strictObject({
    podSelector: selector,
    policyTypes: z.array(z.enum(['Ingress', 'Egress'])),
    ingress: z.array(rule).default([]),
    egress: z.array(rule).default([]),
  }),
});

type Policy = z.output<typeof policySchema>['spec'];
type Peer = z.output<typeof peer>;
type Rule = z.output<typeof rule>;

/** A pod as policies see it. */
export type Pod = {
  labels: Record<string, string>;
  /** Labels of its namespace, where that is another one than the policies'. */
  elsewhere?: Record<string, string>;
};

/** The NetworkPolicies among the manifests. Parts of the format that are not used here are refused, not ignored. */
export function policiesOf(manifests: readonly Manifest[]): Policy[] {
  return manifests
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map((manifest) => policySchema.parse(manifest).spec);
}

/** Whether the policies let a pod open a connection to another at a TCP port, or send a datagram to a UDP one. */
export function allows(
  policies: readonly Policy[],
  from: Pod,
  to: Pod,
  port: number,
  protocol = 'TCP',
): boolean {
  const admits = ({ ports }: Rule) => ports.some((open) => open.port === port && open.protocol === protocol);
  const may = (pod: Pod, other: Pod, type: 'Ingress' | 'Egress') => {
    const applying = policies.filter(
      ({ podSelector, policyTypes }) =>
        pod.elsewhere === undefined &&
        policyTypes.includes(type) &&
        selects(podSelector.matchLabels, pod.labels),
    );
    // Who no policy is about is free.
    if (applying.length === 0) return true;
    return applying
      .flatMap((policy) => (type === 'Ingress' ? policy.ingress : policy.egress))
      .some((one) => {
        const peers = type === 'Ingress' ? one.from : one.to;
        return admits(one) && (peers === undefined || peers.some((listed) => matches(listed, other)));
      });
  };
  return may(from, to, 'Egress') && may(to, from, 'Ingress');
}

function matches({ podSelector, namespaceSelector }: Peer, pod: Pod): boolean {
  const inNamespace =
    namespaceSelector === undefined
      ? pod.elsewhere === undefined
      : selects(namespaceSelector.matchLabels, pod.elsewhere ?? {});
  return inNamespace && selects(podSelector.matchLabels, pod.labels);
}
