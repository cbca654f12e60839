import type { X509Certificate } from 'node:crypto';
import { Gauge, type Registry } from 'prom-client';
import type { ServiceTls } from './service-tls.ts';

/** Publishes how long the certificates remain valid. */
export function publishExpiry(
  tls: Pick<ServiceTls, 'authorities' | 'chain'>,
  registry: Registry,
  wallClock: () => number,
): void {
  new Gauge({
    name: 'tls_certificate_expiry_seconds',
    help: 'Seconds until the first certificate in TLS_CERT_FILE (own) or TLS_CA_FILE (ca) expires; negative afterwards.',
    labelNames: ['certificate'],
    registers: [registry],
    collect() {
      for (const [certificate, certificates] of Object.entries({ own: tls.chain, ca: tls.authorities }))
        this.set({ certificate }, secondsLeft(certificates, wallClock()));
    },
  });
}

function secondsLeft(certificates: readonly X509Certificate[], now: number): number {
  return Math.min(...certificates.map(({ validTo }) => Math.round((Date.parse(validTo) - now) / 1_000)));
}
