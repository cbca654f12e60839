import { createLogger, createRegistry, createRouter, createServiceApp } from '@gridclock/service-kit';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { MANIFESTS, readFolder } from '../support/manifests.ts';
import { workloadsOf } from '../support/workloads.ts';

const workloads = ['base', 'load-test'].flatMap((folder) =>
  workloadsOf(readFolder(`${MANIFESTS}/${folder}`)),
);

describe.each(workloads)('the pod of $name', ({ pod, container }) => {
  it('meets the restricted Pod Security Standard', () => {
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    for (const host of ['hostNetwork', 'hostPID', 'hostIPC']) expect(pod).not.toHaveProperty(host);
  });

  it('gets no Kubernetes API token and no Service variables', () => {
    expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
  });

  it('can write to /tmp', () => {
    expect(container.volumeMounts).toContainEqual({ name: 'tmp', mountPath: '/tmp' });
    expect(pod.volumes).toContainEqual({ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } });
  });

  it('can read its secret files through its group', () => {
    const secrets = pod.volumes.filter(({ secret }) => secret !== undefined);
    for (const volume of secrets) expect(volume).toMatchObject({ secret: { defaultMode: 0o440 } });
    if (secrets.length > 0) expect(pod.securityContext).toMatchObject({ fsGroup: 1000 });
  });
});

describe.each(workloads.filter(({ kind }) => kind !== 'Job'))('$name', ({ container }) => {
  it('has probes at routes that every service serves', async () => {
    const service = 'probed';
    const logger = createLogger(service, 'silent', 'json');
    const app = createServiceApp({ service, logger, registry: createRegistry(), routes: createRouter() });
    expect(container.readinessProbe?.httpGet.path).toBe('/ready');
    expect(container.livenessProbe?.httpGet.path).toBe('/health');
    expect(container.startupProbe?.httpGet.path).toBe('/health');
    for (const path of ['/ready', '/health']) await supertest(app).get(path).expect(200);
  });
});
