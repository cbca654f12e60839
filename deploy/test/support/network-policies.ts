import { z } from 'zod';
import type { Manifest } from './manifests.ts';
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

/** A pod as network policies select it. */
export type Pod = {
  labels: Record<string, string>;
  /** Labels of its namespace, if the pod is outside the policies' namespace. */
  otherNamespace?: Record<string, string>;
};

/** Returns the NetworkPolicies. @throws ZodError if one uses a feature that `allows` does not evaluate */
export function policiesOf(manifests: readonly Manifest[]): Policy[] {
  return manifests
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map((manifest) => policySchema.parse(manifest).spec);
}

/** Whether the policies let one pod reach a port of another. */
export function allows(
  policies: readonly Policy[],
  from: Pod,
  to: Pod,
  port: number,
  protocol = 'TCP',
): boolean {
  const opensPort = ({ ports }: Rule) =>
    ports.some((open) => open.port === port && open.protocol === protocol);
  const permitted = (pod: Pod, other: Pod, type: 'Ingress' | 'Egress') => {
    const applying = policies.filter(
      ({ podSelector, policyTypes }) =>
        pod.otherNamespace === undefined &&
        policyTypes.includes(type) &&
        selects(podSelector.matchLabels, pod.labels),
    );
    // A pod that no policy selects is unrestricted.
    if (applying.length === 0) return true;
    return applying
      .flatMap((policy) => (type === 'Ingress' ? policy.ingress : policy.egress))
      .some((one) => {
        const peers = type === 'Ingress' ? one.from : one.to;
        return opensPort(one) && (peers === undefined || peers.some((listed) => matches(listed, other)));
      });
  };
  return permitted(from, to, 'Egress') && permitted(to, from, 'Ingress');
}

function matches({ podSelector, namespaceSelector }: Peer, pod: Pod): boolean {
  const inNamespace =
    namespaceSelector === undefined
      ? pod.otherNamespace === undefined
      : selects(namespaceSelector.matchLabels, pod.otherNamespace ?? {});
  return inNamespace && selects(podSelector.matchLabels, pod.labels);
}
