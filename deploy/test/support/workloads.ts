import { z } from 'zod';
import type { Manifest } from './manifests.ts';

const labels = z.record(z.string(), z.string());
const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  imagePullPolicy: z.string(),
  env: z
    .array(
      z.object({
        name: z.string(),
        value: z.string().optional(),
        valueFrom: z.object({ fieldRef: z.object({ fieldPath: z.string() }) }).optional(),
      }),
    )
    .default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  startupProbe: probe.optional(),
  readinessProbe: probe.optional(),
  livenessProbe: probe.optional(),
  resources: z.object({
    requests: z.object({ cpu: z.string(), memory: z.string() }),
    limits: z.object({ memory: z.string() }),
  }),
  securityContext: z.unknown(),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).default([]),
});

const volume = z.looseObject({
  name: z.string(),
  secret: z
    .looseObject({
      secretName: z.string(),
      items: z.array(z.object({ key: z.string(), path: z.string() })),
    })
    .optional(),
});

const workload = z.object({
  kind: z.enum(['StatefulSet', 'Deployment', 'Job']),
  metadata: z.object({ name: z.string(), labels }),
  spec: z.object({
    replicas: z.number().optional(),
    serviceName: z.string().optional(),
    selector: z.object({ matchLabels: labels }).optional(),
    volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: z.string() }) })).default([]),
    template: z.object({
      metadata: z.object({ labels }),
      spec: z.looseObject({
        serviceAccountName: z.string(),
        automountServiceAccountToken: z.boolean().optional(),
        enableServiceLinks: z.boolean().optional(),
        terminationGracePeriodSeconds: z.number().optional(),
        topologySpreadConstraints: z
          .array(z.object({ labelSelector: z.object({ matchLabels: labels }) }))
          .default([]),
        securityContext: z.unknown(),
        containers: z.tuple([container]),
        volumes: z.array(volume).default([]),
      }),
    }),
  }),
});

const service = z.object({
  kind: z.literal('Service'),
  metadata: z.object({ name: z.string(), labels }),
  spec: z.object({
    clusterIP: z.string().optional(),
    publishNotReadyAddresses: z.boolean().optional(),
    selector: labels,
    ports: z.array(z.object({ name: z.string(), port: z.number(), targetPort: z.string() })),
  }),
});

const COMPONENT = 'app.kubernetes.io/component';

/** Returns the manifests that run pods, each with its single container. */
export function workloadsOf(manifests: readonly Manifest[]) {
  return manifests
    .filter(({ spec }) => z.object({ template: z.object({}) }).safeParse(spec).success)
    .map((manifest) => {
      const { kind, metadata, spec } = workload.parse(manifest);
      const { template, ...others } = spec;
      return {
        ...others,
        kind,
        name: metadata.name,
        component: template.metadata.labels[COMPONENT] ?? '',
        labels: template.metadata.labels,
        pod: template.spec,
        container: template.spec.containers[0],
      };
    });
}

/** Returns the Services among the manifests. */
export function servicesOf(manifests: readonly Manifest[]) {
  return manifests.filter(({ kind }) => kind === 'Service').map((manifest) => service.parse(manifest));
}

/** Whether a label selector matches these labels. */
export function selects(selector: Record<string, string>, labels: Record<string, string>): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
