import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MANIFESTS, readFolder } from '../support/manifests.ts';

const certificateSchema = z.looseObject({
  kind: z.literal('Certificate'),
  spec: z.looseObject({
    secretName: z.string(),
    issuerRef: z.object({ name: z.string(), kind: z.string() }),
    uris: z.array(z.string()),
    dnsNames: z.array(z.string()),
  }),
});
const manifests = readFolder(`${MANIFESTS}/cert-manager`);
const certificates = manifests.flatMap((manifest) => {
  const { data } = certificateSchema.safeParse(manifest);
  return data === undefined ? [] : [data.spec];
});
const text = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

/** The names and the role that scripts/certificates gives each workload of Kubernetes, by its secret. */
const scripted = new Map(
  text('scripts/certificates')
    .split('\n')
    .filter((line) => /^(store|substation|load_balancer|charge_request_service) /.test(line))
    .map((line) => {
      const [name = '', role = '', ...hosts] = line.replaceAll('$namespace', 'gridclock').split(' ');
      const expanded = hosts.flatMap((host) => {
        const [, before = host, last, after = ''] = /^(.*)\{\d\.\.(\d)\}(.*)$/.exec(host) ?? [];
        if (last === undefined) return [host];
        return Array.from({ length: Number(last) + 1 }, (_, number) => `${before}${number}${after}`);
      });
      return [`gridclock-${name.replaceAll('_', '-')}-tls`, { role, hosts: expanded }];
    }),
);

describe('the certificates of cert-manager', () => {
  it('fill the secrets that components/tls mounts', () => {
    const mounted = [
      ...text(`${MANIFESTS}/components/tls/kustomization.yaml`).matchAll(/secretName: (\S+)/g),
    ];
    expect(certificates.map(({ secretName }) => secretName).sort()).toEqual(
      mounted.map(([, name]) => name).sort(),
    );
  });

  it.each(certificates)('$secretName has the role and only names of scripts/certificates', (certificate) => {
    const { role, hosts = [] } = scripted.get(certificate.secretName) ?? {};
    expect(certificate.uris).toEqual([`spiffe://gridclock/${role}`]);
    expect(certificate.dnsNames[0]).toBe('localhost');
    const others = certificate.dnsNames.slice(1);
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter((name) => !hosts.includes(name))).toEqual([]);
  });

  it('come from the issuer next to them', () => {
    const issuers = manifests.filter(({ kind }) => kind === 'Issuer').map(({ metadata }) => metadata.name);
    expect(new Set(certificates.map(({ issuerRef }) => issuerRef.name))).toEqual(new Set(issuers));
  });
});
