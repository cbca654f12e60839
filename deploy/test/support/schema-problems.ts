import { Certificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import { Issuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import type { Manifest } from './manifests.ts';
import { unreadFields } from './unread-fields.ts';

/** The schemas of Kubernetes, the Prometheus Operator and cert-manager for the kinds used here. */
const models = [
  Certificate,
  ConfigMap,
  Deployment,
  Issuer,
  Job,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  PrometheusRule,
  Service,
  ServiceAccount,
  ServiceMonitor,
  StatefulSet,
];

/** Lists the errors an API server would report for a manifest, unknown fields included. */
export function schemaProblems(manifest: Manifest): string[] {
  const { apiVersion, kind } = manifest;
  const model = models.find((known) => known.apiVersion === apiVersion && known.kind === kind);
  if (model === undefined) return [`no schema for ${kind} of ${apiVersion}`];
  try {
    return unreadFields(manifest, (proxy) => model.prototype.validate.call(proxy)).map(
      (path) => `unknown field ${path}`,
    );
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
